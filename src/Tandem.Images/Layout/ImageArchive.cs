using Tandem.Images.Layers;

namespace Tandem.Images.Layout;

/// <summary>Images as one OCI image-layout tar file, in which layers that they share are stored once.</summary>
internal static class ImageArchive
{
    public static Task WriteAsync(Stream destination, IReadOnlyList<BuiltImage> images, BlobStore blobs, CancellationToken cancellationToken)
    {
        var contents = images.SelectMany(i => i.Blobs).DistinctBy(b => b.Digest)
            .Select(b => LayerEntry.CopyOf(blobs.PathOf(b.Digest), $"blobs/sha256/{Digest.Hex(b.Digest)}"));
        var index = Documents.Index(images.OrderBy(i => i.Reference, StringComparer.Ordinal));
        return LayerTar.WriteAsync(destination,
        [
            new FileEntry("oci-layout", LayerEntry.Readable, FileContent.Of(Documents.Layout)),
            new FileEntry("index.json", LayerEntry.Readable, FileContent.Of(index)),
            .. contents,
        ], cancellationToken);
    }
}
