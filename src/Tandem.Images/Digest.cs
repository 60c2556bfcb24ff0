using System.Security.Cryptography;
using System.Text;

namespace Tandem.Images;

/// <summary>Content digests in OCI's notation, <c>sha256:</c> and 64 lower-case hexadecimal digits.</summary>
internal static class Digest
{
    private const string Algorithm = "sha256:";

    public static string Of(ReadOnlySpan<byte> content) => Algorithm + Convert.ToHexStringLower(SHA256.HashData(content));

    public static string Of(string text) => Of(Encoding.UTF8.GetBytes(text));

    public static async Task<string> OfFileAsync(string path, CancellationToken cancellationToken)
    {
        await using var stream = File.OpenRead(path);
        return Algorithm + Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellationToken));
    }

    /// <summary>The hexadecimal part, which names the blob's file.</summary>
    public static string Hex(string digest) => digest[Algorithm.Length..];
}
