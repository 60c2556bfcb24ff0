using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>JSON as expressions see it, by its schema.</summary>
internal static class CelValue
{
    /// <summary>Words of the language that cannot name a field as they are.</summary>
    private static readonly HashSet<string> Reserved =
    [
        "true", "false", "null", "in", "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ];

    public static object? Of(JsonNode? value, JsonObject? schema) => value switch
    {
        null => null,
        JsonObject o => o.ToDictionary(f => NameOf(f.Key, schema), f => Of(f.Value, schema.Child("properties", f.Key) ?? schema.Child("additionalProperties"))),
        JsonArray a => a.Select(i => Of(i, schema.Child("items"))).ToArray(),
        _ => Scalar(value, schema),
    };

    private static object? Scalar(JsonNode value, JsonObject? schema) => value.GetValueKind() switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number when schema.Text("type") != "number" && value.Number() is { } whole => whole,
        JsonValueKind.Number => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture),
        _ => value.GetValue<string>(),
    };

    /// <summary>The names of declared fields are escaped; keys of maps are data and are not.</summary>
    private static string NameOf(string name, JsonObject? schema)
    {
        if (schema.Child("properties")?.ContainsKey(name) != true)
            return name;
        if (Reserved.Contains(name))
            return $"__{name}__";
        return name.Replace("__", "__underscores__", StringComparison.Ordinal).Replace(".", "__dot__", StringComparison.Ordinal)
            .Replace("-", "__dash__", StringComparison.Ordinal).Replace("/", "__slash__", StringComparison.Ordinal);
    }
}
