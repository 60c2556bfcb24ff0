using System.Text.Json;
using Tandem.Processes;

namespace Tandem.Images.Packages;

/// <summary>
/// Debian packages through apt itself: apt decides what a package needs, where it comes from and whether its signature
/// holds. Nothing is installed on this machine, and no root rights are needed.
/// </summary>
/// <param name="folder">Where downloaded packages and apt's answers are kept.</param>
internal sealed class DebianArchive(string folder)
{
    private const string Lists = "/var/lib/apt/lists";
    private readonly string _archives = Path.Combine(folder, "archives");
    private readonly string _resolutions = Path.Combine(folder, "resolutions");

    /// <summary>The packages with all they depend on, as on a machine that has only <paramref name="installed"/>.</summary>
    /// <exception cref="PackageUnavailableException">No source offers one of them.</exception>
    public async Task<IReadOnlyList<DebianPackage>> ResolveAsync(
        IReadOnlyList<string> packages, IReadOnlyCollection<DebianPackage> installed, CancellationToken cancellationToken)
    {
        var status = MaintainerOnly.StatusFile(installed);
        var known = ResolutionFile(packages, status);
        if (File.Exists(known))
            return JsonSerializer.Deserialize<List<DebianPackage>>(await File.ReadAllBytesAsync(known, cancellationToken))!;

        Directory.CreateDirectory(_resolutions);
        var statusFile = Path.Combine(_resolutions, $"status-{Path.GetRandomFileName()}");
        await File.WriteAllTextAsync(statusFile, status, cancellationToken);
        try
        {
            var simulate = new Command("apt-get",
                ["-o", $"Dir::State::status={statusFile}", "--no-install-recommends", "--simulate", "install", .. packages])
            { Environment = Plain };
            var result = await ProcessRunner.RunAsync(simulate, cancellationToken);
            if (result.ExitCode != 0)
            {
                // A fresh machine has never fetched the package lists.
                await UpdateAsync(cancellationToken);
                result = await ProcessRunner.RunAsync(simulate, cancellationToken);
            }

            if (result.ExitCode != 0)
                throw Unavailable(packages, result);

            var resolved = AptSimulation.Parse(result.Output);
            // Named after the lists as they are now, which an update may just have changed.
            await AtomicFile.WriteAsync(ResolutionFile(packages, status), JsonSerializer.SerializeToUtf8Bytes(resolved), cancellationToken);
            return resolved;
        }
        finally
        {
            File.Delete(statusFile);
        }
    }

    /// <summary>The package's file, downloaded unless it is here already.</summary>
    /// <returns>The paths, in the order of the packages.</returns>
    /// <exception cref="PackageUnavailableException">A download failed.</exception>
    public async Task<IReadOnlyList<string>> DownloadAsync(IReadOnlyList<DebianPackage> packages, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(_archives);
        var missing = packages.Where(p => !File.Exists(PathOf(p))).ToList();
        if (missing.Count > 0)
        {
            // In a folder of its own, so that an interrupted download is never taken for a package.
            var partial = Directory.CreateDirectory(Path.Combine(_archives, Path.GetRandomFileName()));
            try
            {
                var download = new Command("apt-get",
                    ["-q", "-o", "APT::Sandbox::User=root", "download", .. missing.Select(p => $"{p.Name}:{p.Architecture}={p.Version}")])
                { WorkingDirectory = partial.FullName, Environment = Plain };
                var result = await ProcessRunner.RunAsync(download, cancellationToken);
                if (result.ExitCode != 0)
                    throw Unavailable([.. missing.Select(p => p.Name)], result);
                foreach (var package in missing)
                    File.Move(Path.Combine(partial.FullName, package.FileName), PathOf(package), overwrite: true);
            }
            finally
            {
                partial.Delete(recursive: true);
            }
        }

        return [.. packages.Select(PathOf)];
    }

    private static readonly Dictionary<string, string?> Plain = new() { ["LC_ALL"] = "C", ["DEBIAN_FRONTEND"] = "noninteractive" };

    private static Task<ProcessResult> UpdateAsync(CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync(new Command("apt-get", "-q", "update") { Environment = Plain }, cancellationToken);

    private static PackageUnavailableException Unavailable(IReadOnlyList<string> packages, ProcessResult result) =>
        new(AptSimulation.Missing(result.Error) is { Count: > 0 } named ? named : packages, result.Error.Trim().ReplaceLineEndings("; "));

    private string PathOf(DebianPackage package) => Path.Combine(_archives, package.FileName);

    // An answer of apt's holds as long as the package lists do.
    private string ResolutionFile(IReadOnlyList<string> packages, string status)
    {
        var lists = Directory.Exists(Lists)
            ? Directory.EnumerateFiles(Lists).Order(StringComparer.Ordinal).Select(f => $"{f} {File.GetLastWriteTimeUtc(f).Ticks}")
            : [];
        return Path.Combine(_resolutions, Digest.Hex(Digest.Of(string.Join('\n', [.. packages, status, .. lists]))) + ".json");
    }
}
