namespace Tandem.Cli.Commands.Images;

/// <summary>An image on the nodes of a platform.</summary>
/// <param name="Image">Its name and tag; by digest where it has no tag.</param>
/// <param name="Digest">Of its manifest, as <c>sha256:…</c>; null where no node tells it.</param>
/// <param name="SizeBytes">Bytes on disk, layers that others share included.</param>
/// <param name="Source">built or pulled.</param>
/// <param name="From">The recipe that it was built from, or the registry.</param>
/// <param name="Packages">The Debian packages in it, as <c>name=version</c>; empty for those that were pulled.</param>
/// <param name="Clusters">Where it is: hot, standby.</param>
/// <param name="Pods">How many pods use it, in both clusters.</param>
internal sealed record ImageReport(
    string Image, string? Digest, long SizeBytes, string Source, string From, IReadOnlyList<string> Packages, IReadOnlyList<string> Clusters, int Pods);
