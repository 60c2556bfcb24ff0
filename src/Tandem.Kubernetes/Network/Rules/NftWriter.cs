using System.Security.Cryptography;
using System.Text;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Writes the text that <c>nft -f</c> reads, see nft(8).</summary>
internal sealed class NftWriter
{
    private const int MaxComment = 127; // NFT_USERDATA_RULE_COMMENT: 128 bytes with its end

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>A name that is the same for the same content, whatever else there is.</summary>
    public static string Name(string prefix, string content) =>
        $"{prefix}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content)).AsSpan(0, 6))}";

    /// <summary>A comment for a rule; names of objects hold no quotes, and what held one would lose it here.</summary>
    public static string Comment(string text)
    {
        var safe = text.Replace("\"", "", StringComparison.Ordinal).ReplaceLineEndings("");
        return $"comment \"{(safe.Length > MaxComment ? safe[..MaxComment] : safe)}\"";
    }

    public void Line(string line) => _text.Append(' ', 2 * _depth).Append(line).Append('\n');

    public void Block(string head, Action content)
    {
        Line(head + " {");
        _depth++;
        content();
        _depth--;
        Line("}");
    }

    /// <summary>A named set, or map where the type has a value.</summary>
    /// <param name="kind">set or map.</param>
    /// <param name="name">Its name.</param>
    /// <param name="type">The types of its keys, and of its values.</param>
    /// <param name="elements">What it holds; may be none.</param>
    public void Set(string kind, string name, string type, IReadOnlyCollection<string> elements) => Block($"{kind} {name}", () =>
    {
        Line($"type {type}");
        if (elements.Count == 0)
            return;
        Line("elements = {");
        foreach (var element in elements)
            Line($"  {element},");
        Line("}");
    });

    public override string ToString() => _text.ToString();
}
