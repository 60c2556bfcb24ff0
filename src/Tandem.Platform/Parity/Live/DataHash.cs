using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Live;

/// <summary>
/// Hashes what is in Secrets and ConfigMaps, with a key that is made anew by every process and never leaves it: equal values are
/// found, and nobody can try values out against a hash.
/// </summary>
public sealed class DataHash
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    /// <summary>The hash of an object's data.</summary>
    public string Of(JsonObject value)
    {
        var data = new JsonObject();
        foreach (var field in new[] { "type", "data", "binaryData" })
            if (value[field] is { } part)
                data[field] = part.DeepClone();
        return Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(ReleaseContent.Hash(data))).AsSpan(0, 16));
    }
}
