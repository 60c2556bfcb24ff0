namespace Tandem.Images;

/// <summary>An image whose blobs are in the builder's cache.</summary>
/// <param name="Name">Repository without tag.</param>
/// <param name="Tag">Version and the first eight digits of the digest, so that other content never has the same tag.</param>
/// <param name="Digest">Of the manifest, as <c>sha256:…</c>; what containerd lists.</param>
public sealed record BuiltImage(string Name, string Tag, string Digest)
{
    /// <summary>Name and tag, as a manifest writes it.</summary>
    public string Reference => $"{Name}:{Tag}";

    internal IReadOnlyList<Layout.Descriptor> Blobs { get; init; } = [];

    internal Layout.Descriptor Manifest { get; init; } = null!;
}
