namespace Tandem.Images.Layout;

/// <summary>A reference to a blob (OCI image-spec 1.0, "Content Descriptors"). Order of members is order in JSON.</summary>
internal sealed record Descriptor(string MediaType, string Digest, long Size)
{
    public IReadOnlyDictionary<string, string>? Annotations { get; init; }
}
