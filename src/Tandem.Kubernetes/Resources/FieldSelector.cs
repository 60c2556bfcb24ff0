namespace Tandem.Kubernetes.Resources;

/// <summary>A field selector: <c>metadata.name=x,status.phase!=Running</c>.</summary>
internal sealed class FieldSelector(IReadOnlyList<(string Field, bool Equal, string Value)> terms)
{
    public bool IsEmpty => terms.Count == 0;

    /// <exception cref="FormatException">The text is not a selector.</exception>
    public static FieldSelector Parse(string text)
    {
        var terms = new List<(string, bool, string)>();
        foreach (var term in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var sign = new[] { "!=", "==", "=" }.FirstOrDefault(term.Contains) ?? throw new FormatException($"invalid selector: '{text}'; can't understand '{term}'");
            var at = term.IndexOf(sign, StringComparison.Ordinal);
            terms.Add((term[..at], sign != "!=", term[(at + sign.Length)..]));
        }

        return new FieldSelector(terms);
    }

    /// <summary>The first field that the kind does not offer, or null.</summary>
    public string? Unsupported(IReadOnlyDictionary<string, string> offered) =>
        terms.Select(t => t.Field).FirstOrDefault(f => !offered.ContainsKey(f));

    public bool Matches(IReadOnlyDictionary<string, string> fields)
    {
        foreach (var (field, equal, value) in terms)
            if ((fields.GetValueOrDefault(field, "") == value) != equal)
                return false;
        return true;
    }

    /// <summary>The value that a field must have, or null: lets a list of one name be a get.</summary>
    public string? Exactly(string field) => terms.FirstOrDefault(t => t.Field == field && t.Equal).Value;
}
