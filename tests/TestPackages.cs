using System.Runtime.CompilerServices;
using Tandem.Processes;

namespace Tandem.Tests;

/// <summary>
/// Installs the Debian packages whose programs the tests run, where they are missing, so that <c>dotnet test</c> needs
/// nothing installed by hand. Compiled into every test project; apt's own lock keeps them from disturbing each other.
/// </summary>
internal static class TestPackages
{
    private static readonly (string Package, string Program)[] Needed =
    [
        ("etcd-server", "/usr/bin/etcd"), ("containerd", "/usr/bin/containerd"), ("runc", "/usr/sbin/runc"),
        ("containernetworking-plugins", "/usr/lib/cni/bridge"), ("nftables", "/usr/sbin/nft"), ("iproute2", "/usr/sbin/ip"),
        ("busybox-static", "/bin/busybox"), ("nginx-light", "/usr/sbin/nginx"), ("bind9-dnsutils", "/usr/bin/dig"), ("curl", "/usr/bin/curl"),
        ("kubernetes-client", "/usr/bin/kubectl"), ("nodejs", "node"), ("npm", "npm"), ("prometheus", "/usr/bin/promtool"),
        ("unbound", "/usr/sbin/unbound"), ("ansible", "/usr/bin/ansible-playbook"), ("tinyproxy-bin", "/usr/bin/tinyproxy"),
        ("docker-registry", "/usr/bin/docker-registry"), ("apache2-utils", "/usr/bin/htpasswd"),
        ("python3-kubernetes", "/usr/lib/python3/dist-packages/kubernetes/__init__.py"),
    ];

#pragma warning disable CA2255 // this is the test's own program
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Install()
    {
        var missing = Needed.Where(n => !IsThere(n.Program)).Select(n => n.Package).ToList();
        if (missing.Count == 0)
            return;
        if (!Environment.IsPrivilegedProcess)
            throw new InvalidOperationException($"the tests need these Debian packages and may not install them: {string.Join(' ', missing)}");
        Apt("update", "-q");
        Apt(["install", "-y", "-q", "--no-install-recommends", .. missing]);
    }

    /// <summary>A path, or the name of a program that may be anywhere on PATH.</summary>
    private static bool IsThere(string program) => program.Contains('/', StringComparison.Ordinal)
        ? File.Exists(program)
        : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static void Apt(params string[] arguments) => ProcessRunner.RunCheckedAsync(
        new Command("apt-get", ["-o", "DPkg::Lock::Timeout=300", "-o", "APT::Get::Lock::Timeout=300", .. arguments])
        {
            // RUNLEVEL=1 keeps Debian's scripts from starting the services that some of the packages bring.
            Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive", ["RUNLEVEL"] = "1" },
        }).GetAwaiter().GetResult();
}
