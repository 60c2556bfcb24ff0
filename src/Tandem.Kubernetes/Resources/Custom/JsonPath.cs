using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// The simple JSONPath of printer columns and scale paths: fields, <c>['quoted fields']</c>, <c>[0]</c>, <c>[*]</c> and
/// <c>[?(@.type=="Ready")]</c>. See https://kubernetes.io/docs/reference/kubectl/jsonpath/.
/// </summary>
internal sealed partial class JsonPath
{
    private readonly List<Func<JsonNode, IEnumerable<JsonNode?>>> _steps = [];

    private JsonPath()
    {
    }

    /// <summary>Reads a path such as .status.conditions[?(@.type=="Ready")].status; null for what is none.</summary>
    public static JsonPath? Parse(string text)
    {
        var path = new JsonPath();
        for (var rest = text.AsSpan(); rest.Length > 0;)
        {
            var step = StepPattern().Match(rest.ToString());
            if (!step.Success)
                return null;
            path._steps.Add(Step(step));
            rest = rest[step.Length..];
        }

        return path._steps.Count > 0 ? path : null;
    }

    /// <summary>The names of the fields of a path that has nothing else, such as .spec.replicas; null for others.</summary>
    public static string[]? Fields(string? text) =>
        text is not null && FieldsPattern().IsMatch(text) ? text[1..].Split('.') : null;

    /// <summary>The first value that the path leads to, or null.</summary>
    public JsonNode? Find(JsonNode value)
    {
        IEnumerable<JsonNode?> found = [value];
        foreach (var step in _steps)
            found = found.Where(v => v is not null).SelectMany(v => step(v!));
        return found.FirstOrDefault(v => v is not null);
    }

    private static Func<JsonNode, IEnumerable<JsonNode?>> Step(Match step)
    {
        if (step.Groups["field"] is { Success: true } field)
            return v => [v.At(field.Value.Replace(@"\.", ".", StringComparison.Ordinal))];
        if (step.Groups["quoted"] is { Success: true } quoted)
            return v => [v.At(quoted.Value)];
        if (step.Groups["index"] is { Success: true } number)
        {
            var index = int.Parse(number.Value, CultureInfo.InvariantCulture);
            return v => v is JsonArray a && (index < 0 ? a.Count + index : index) is var at && at >= 0 && at < a.Count ? [a[at]] : [];
        }

        if (!step.Groups["key"].Success)
            return v => v switch { JsonArray a => a, JsonObject o => o.Select(f => f.Value), _ => [] };
        var key = step.Groups["key"].Value.Split('.');
        var wanted = step.Groups["value"].Value;
        return v => v is JsonArray a ? a.Where(i => i.At(key)?.ToString() == wanted) : [];
    }

    [GeneratedRegex("""\A(?:\.(?<field>(?:[^.\[\]\\*\s]|\\\.)+)|\[['"](?<quoted>[^'"\]]+)['"]\]|\[(?<index>-?\d{1,9})\]|(?:\[\*\]|\.\*)|\[\?\(@\.(?<key>[\w.-]+)\s*==\s*['"](?<value>[^'"]*)['"]\s*\)\])""")]
    private static partial Regex StepPattern();

    [GeneratedRegex(@"\A(\.[a-zA-Z][\w-]*)+\z")]
    private static partial Regex FieldsPattern();
}
