using Tandem.Processes;

namespace Tandem.Images;

/// <summary>Puts images into a containerd, in the name space that its Kubernetes interface uses.</summary>
/// <param name="socket">containerd's socket.</param>
public sealed class ImageImporter(string socket)
{
    /// <summary>Imports an archive unless containerd has all of its images, by name and digest.</summary>
    /// <param name="archive">An OCI image-layout tar file.</param>
    /// <param name="images">The names and digests of the images in it.</param>
    /// <param name="cancellationToken">Ends the import.</param>
    /// <returns>The images that were missing.</returns>
    /// <exception cref="ProcessFailedException">containerd is not reachable or refused the images.</exception>
    public async Task<IReadOnlyList<(string Reference, string Digest)>> ImportAsync(
        string archive, IEnumerable<(string Reference, string Digest)> images, CancellationToken cancellationToken = default)
    {
        var list = await ProcessRunner.RunCheckedAsync(Ctr("images", "ls"), cancellationToken);
        var present = Parse(list.Output);
        var missing = images.Where(i => !present.Contains(i)).ToList();
        if (missing.Count > 0)
            await ProcessRunner.RunCheckedAsync(Ctr("images", "import", archive), cancellationToken);
        return missing;
    }

    // REF  TYPE  DIGEST  SIZE  PLATFORMS  LABELS
    internal static HashSet<(string Reference, string Digest)> Parse(string listing) =>
        [.. listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Where(columns => columns.Length > 2).Select(columns => (columns[0], columns[2]))];

    private Command Ctr(params string[] arguments) => new("ctr", ["--address", socket, "--namespace", "k8s.io", .. arguments]);
}
