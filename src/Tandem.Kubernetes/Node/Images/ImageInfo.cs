namespace Tandem.Kubernetes.Node.Images;

/// <summary>An image on the node.</summary>
/// <param name="Id">Digest of its configuration, <c>sha256:…</c>.</param>
/// <param name="Uid">Numeric user that it runs as; null where it names one.</param>
/// <param name="Username">Named user that it runs as, else empty.</param>
/// <param name="Size">Bytes on disk.</param>
internal sealed record ImageInfo(string Id, long? Uid, string Username, ulong Size);
