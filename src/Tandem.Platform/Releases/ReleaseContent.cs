using System.Buffers.Text;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>Objects as they are hashed, and as they are stored.</summary>
public static class ReleaseContent
{
    /// <summary>A Secret holds at most 1 MiB, names and base64 of the rest included.</summary>
    private const int Piece = 700 * 1024;

    /// <summary>Far beyond anything that clusters would take; a bound against a record that was tampered with.</summary>
    private const int MostBytes = 512 * 1024 * 1024;

    /// <summary>A hash of an object that does not depend on the order of its fields: 32 hexadecimal digits.</summary>
    public static string Hash(JsonNode value)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, value);
        return Text(hash);
    }

    /// <summary>A hash of objects that does not depend on their order.</summary>
    public static string Hash(IEnumerable<JsonObject> objects)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var one in objects.Select(o => Hash(o)).Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.ASCII.GetBytes(one));
        return Text(hash);
    }

    /// <summary>Compressed, in pieces that fit into a Secret each; at least one.</summary>
    public static IReadOnlyList<byte[]> Pack(JsonNode value)
    {
        using var buffer = new MemoryStream();
        using (var gzip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            JsonSerializer.Serialize(gzip, value);
        return [.. buffer.ToArray().Chunk(Piece)];
    }

    /// <summary>The opposite of <see cref="Pack"/>.</summary>
    /// <exception cref="InvalidDataException">It is not what was packed.</exception>
    public static JsonNode Unpack(IEnumerable<byte[]> pieces)
    {
        using var buffer = new MemoryStream([.. pieces.SelectMany(p => p)]);
        using var gzip = new GZipStream(buffer, CompressionMode.Decompress);
        using var all = new MemoryStream();
        var chunk = new byte[81920];
        while (gzip.Read(chunk) is > 0 and var read)
        {
            if (all.Length + read > MostBytes)
                throw new InvalidDataException("a release's record is too large");
            all.Write(chunk, 0, read);
        }

        all.Position = 0;
        try
        {
            return JsonNode.Parse(all) ?? throw new InvalidDataException("a release's record is empty");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("a release's record cannot be read", e);
        }
    }

    /// <summary>Types and lengths are hashed too, so that different values cannot run together to the same bytes.</summary>
    private static void Append(IncrementalHash hash, JsonNode? value)
    {
        switch (value)
        {
            case JsonObject map:
                Append(hash, 'o', map.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                foreach (var (name, child) in map.OrderBy(p => p.Key, StringComparer.Ordinal))
                {
                    Append(hash, 'n', name);
                    Append(hash, child);
                }

                break;
            case JsonArray list:
                Append(hash, 'a', list.Count.ToString(System.Globalization.CultureInfo.InvariantCulture));
                foreach (var child in list)
                    Append(hash, child);
                break;
            case JsonValue scalar when scalar.TryGetValue(out string? text):
                Append(hash, 's', text);
                break;
            default:
                Append(hash, 'v', value?.ToJsonString() ?? "null");
                break;
        }
    }

    private static void Append(IncrementalHash hash, char type, string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> head = stackalloc byte[12];
        head[0] = (byte)type;
        Utf8Formatter.TryFormat(bytes.Length, head[1..], out var written);
        head[1 + written] = (byte)':';
        hash.AppendData(head[..(2 + written)]);
        hash.AppendData(bytes);
    }

    private static string Text(IncrementalHash hash) => Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 16));
}
