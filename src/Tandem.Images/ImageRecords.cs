using System.Text.Json;

namespace Tandem.Images;

/// <summary>What a builder remembers of an image.</summary>
/// <param name="Reference">Name and tag.</param>
/// <param name="Digest">Of the manifest, as <c>sha256:…</c>.</param>
/// <param name="Origin">Where its recipe is from.</param>
/// <param name="Packages">The Debian packages in it, as <c>name=version</c>, in order.</param>
public sealed record ImageRecord(string Reference, string Digest, string Origin, IReadOnlyList<string> Packages);

/// <summary>What was built into a cache folder, and from what.</summary>
/// <param name="cacheFolder">The builder's folder.</param>
public sealed class ImageRecords(string cacheFolder)
{
    private readonly string _folder = Path.Combine(cacheFolder, "images");

    /// <summary>All that was ever built there.</summary>
    public async Task<IReadOnlyList<ImageRecord>> ReadAsync(CancellationToken cancellationToken = default)
    {
        var records = new List<ImageRecord>();
        if (!Directory.Exists(_folder))
            return records;
        foreach (var file in Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal))
            records.Add(JsonSerializer.Deserialize<ImageRecord>(await File.ReadAllBytesAsync(file, cancellationToken))!);
        return records;
    }

    internal async Task WriteAsync(ImageRecord record, CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, Digest.Hex(record.Digest) + ".json");
        var text = JsonSerializer.SerializeToUtf8Bytes(record);
        if (File.Exists(path) && await File.ReadAllBytesAsync(path, cancellationToken) is var there && there.AsSpan().SequenceEqual(text))
            return;
        await AtomicFile.WriteAsync(path, text, cancellationToken);
    }
}
