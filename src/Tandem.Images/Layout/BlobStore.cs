namespace Tandem.Images.Layout;

/// <summary>Blobs by digest in a folder; the same layer of several images is there once.</summary>
internal sealed class BlobStore(string folder)
{
    public string PathOf(string digest) => Path.Combine(folder, Digest.Hex(digest));

    public async Task<Descriptor> AddAsync(string mediaType, byte[] content, CancellationToken cancellationToken)
    {
        var digest = Digest.Of(content);
        if (!File.Exists(PathOf(digest)))
            await AtomicFile.WriteAsync(PathOf(digest), content, cancellationToken);
        return new Descriptor(mediaType, digest, content.Length);
    }

    /// <summary>Adds what <paramref name="write"/> writes, without holding it in memory.</summary>
    public async Task<Descriptor> AddAsync(string mediaType, Func<Stream, Task> write, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        var temporary = Path.Combine(folder, Path.GetRandomFileName());
        try
        {
            await using (var stream = File.Create(temporary))
                await write(stream);
            var digest = await Digest.OfFileAsync(temporary, cancellationToken);
            var size = new FileInfo(temporary).Length;
            File.Move(temporary, PathOf(digest), overwrite: true);
            return new Descriptor(mediaType, digest, size);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
