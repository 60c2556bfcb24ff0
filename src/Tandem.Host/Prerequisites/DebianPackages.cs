using Tandem.Processes;

namespace Tandem.Host.Prerequisites;

/// <summary>The Debian packages that one machine needs, and their installation.</summary>
public static class DebianPackages
{
    private static readonly (string Package, string Program)[] Needed =
    [
        ("etcd-server", "/usr/bin/etcd"),
        ("containerd", "/usr/bin/containerd"),
        ("runc", "/usr/sbin/runc"),
        ("containernetworking-plugins", "/usr/lib/cni/bridge"),
        ("nftables", "/usr/sbin/nft"),
        ("iproute2", "/usr/sbin/ip"),
        ("util-linux", "/usr/bin/nsenter"),
    ];

    /// <summary>What the user is told to try; any version that is on the path will do.</summary>
    private static readonly (string Package, string Program)[] Tools =
        [("kubernetes-client", "kubectl"), ("bind9-dnsutils", "dig"), ("curl", "curl")];

    /// <summary>The packages whose programs are not there.</summary>
    public static IReadOnlyList<string> Missing() =>
    [
        .. Needed.Where(n => !File.Exists(n.Program)).Select(n => n.Package),
        .. Tools.Where(t => !IsOnPath(t.Program)).Select(t => t.Package),
    ];

    /// <summary>Installs packages, without starting the services that some of them bring.</summary>
    /// <exception cref="PackagesNotInstalledException">apt could not install them.</exception>
    public static async Task InstallAsync(IReadOnlyList<string> packages, CancellationToken cancellationToken)
    {
        // Debian's way to say "do not start it": the clusters run their own, with their own settings.
        const string Policy = "/usr/sbin/policy-rc.d";
        var hadPolicy = File.Exists(Policy);
        if (!hadPolicy)
        {
            await File.WriteAllTextAsync(Policy, "#!/bin/sh\nexit 101\n", cancellationToken);
            File.SetUnixFileMode(Policy, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupRead | UnixFileMode.GroupExecute | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        }

        try
        {
            var result = await AptAsync(["install", "-y", "-q", "--no-install-recommends", .. packages], cancellationToken);
            if (result.ExitCode != 0)
            {
                // Most often the lists are old or have never been fetched.
                await AptAsync(["update", "-q"], cancellationToken);
                result = await AptAsync(["install", "-y", "-q", "--no-install-recommends", .. packages], cancellationToken);
            }

            if (result.ExitCode != 0)
                throw new PackagesNotInstalledException(packages, result.Error.Trim());
        }
        finally
        {
            if (!hadPolicy)
                File.Delete(Policy);
        }
    }

    private static bool IsOnPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));

    private static Task<ProcessResult> AptAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken) => ProcessRunner.RunAsync(
        new Command("apt-get", arguments) { Environment = new Dictionary<string, string?> { ["DEBIAN_FRONTEND"] = "noninteractive" } }, cancellationToken);
}
