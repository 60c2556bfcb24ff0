using System.Security.Cryptography;
using System.Text;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Names and comments in the form that nftables takes.</summary>
internal static class NftText
{
    private const int MaxComment = 127; // NFT_USERDATA_RULE_COMMENT: 128 bytes with its end

    /// <summary>A name that is the same for the same content, whatever else there is.</summary>
    public static string Name(string prefix, string content) =>
        $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 6))}";

    /// <summary>A comment for a rule; names of objects hold no quotes, and what held one would lose it here.</summary>
    public static string Comment(string text)
    {
        var safe = text.Replace("\"", "", StringComparison.Ordinal).ReplaceLineEndings("");
        return $"comment \"{(safe.Length > MaxComment ? safe[..MaxComment] : safe)}\"";
    }
}
