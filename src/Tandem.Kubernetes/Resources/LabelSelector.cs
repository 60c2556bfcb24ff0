using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources;

/// <summary>
/// A label selector, from an object's matchLabels and matchExpressions or from a query's text. See
/// https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#label-selectors.
/// </summary>
internal sealed class LabelSelector(IReadOnlyList<LabelSelector.Requirement> requirements)
{
    /// <summary>One condition on one label.</summary>
    /// <param name="Key">The label.</param>
    /// <param name="Operator">In, NotIn, Exists or DoesNotExist.</param>
    /// <param name="Values">For In and NotIn.</param>
    internal sealed record Requirement(string Key, string Operator, IReadOnlyList<string> Values)
    {
        public bool Matches(IReadOnlyDictionary<string, string> labels)
        {
            var has = labels.TryGetValue(Key, out var value);
            return Operator switch
            {
                "In" => has && Values.Contains(value),
                "NotIn" => !has || !Values.Contains(value),
                "Exists" => has,
                "DoesNotExist" => !has,
                _ => false,
            };
        }

        public override string ToString() => Operator switch
        {
            "In" when Values.Count == 1 => $"{Key}={Values[0]}",
            "NotIn" when Values.Count == 1 => $"{Key}!={Values[0]}",
            "In" => $"{Key} in ({string.Join(',', Values)})",
            "NotIn" => $"{Key} notin ({string.Join(',', Values)})",
            "Exists" => Key,
            _ => "!" + Key,
        };
    }

    public bool IsEmpty => requirements.Count == 0;

    public static LabelSelector FromObject(JsonObject selector) => new(
    [
        .. (selector.Child("matchLabels") ?? []).Select(l => new Requirement(l.Key, "In", [(string?)l.Value ?? ""])),
        .. selector.Items("matchExpressions").Select(e => new Requirement(e.Text("key") ?? "", e.Text("operator") ?? "", [.. e.Texts("values")])),
    ]);

    /// <summary>The plain form of Services: every label equal.</summary>
    public static LabelSelector FromMap(JsonObject labels) =>
        new([.. labels.Select(l => new Requirement(l.Key, "In", [(string?)l.Value ?? ""]))]);

    /// <summary>Reads <c>a=b,c!=d,e in (f,g),h,!i</c>.</summary>
    /// <exception cref="FormatException">The text is not a selector.</exception>
    public static LabelSelector Parse(string text)
    {
        var requirements = new List<Requirement>();
        foreach (var part in Split(text))
            requirements.Add(ParseOne(part.Trim()));
        return new LabelSelector(requirements);
    }

    public bool Matches(IReadOnlyDictionary<string, string> labels)
    {
        foreach (var requirement in requirements)
            if (!requirement.Matches(labels))
                return false;
        return true;
    }

    public override string ToString() => string.Join(',', requirements);

    private static Requirement ParseOne(string part)
    {
        foreach (var (word, name) in new[] { (" notin ", "NotIn"), (" in ", "In") })
        {
            var at = part.Replace('(', ' ').IndexOf(word, StringComparison.Ordinal);
            if (at > 0 && part.EndsWith(')') && part.IndexOf('(') is > 0 and var open)
                return new Requirement(Key(part[..at]), name, [.. part[(open + 1)..^1].Split(',').Select(v => v.Trim())]);
        }

        foreach (var (sign, name) in new[] { ("!=", "NotIn"), ("==", "In"), ("=", "In") })
            if (part.IndexOf(sign, StringComparison.Ordinal) is > 0 and var at)
                return new Requirement(Key(part[..at]), name, [part[(at + sign.Length)..].Trim()]);
        return part.StartsWith('!') ? new Requirement(Key(part[1..]), "DoesNotExist", []) : new Requirement(Key(part), "Exists", []);
    }

    private static string Key(string text)
    {
        var key = text.Trim();
        return key.Length > 0 && key.All(c => char.IsAsciiLetterOrDigit(c) || "-_./".Contains(c))
            ? key
            : throw new FormatException($"unable to parse requirement: found '{key}', expected: identifier");
    }

    private static IEnumerable<string> Split(string text)
    {
        var depth = 0;
        var start = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '(')
                depth++;
            else if (text[i] == ')')
                depth--;
            else if (text[i] == ',' && depth == 0)
            {
                yield return text[start..i];
                start = i + 1;
            }
        }

        if (depth != 0)
            throw new FormatException("unable to parse requirement: unbalanced parentheses");
        if (text.AsSpan(start).Trim().Length > 0)
            yield return text[start..];
        else if (start > 0)
            throw new FormatException("unable to parse requirement: found '', expected: identifier");
    }
}
