using System.Collections.Frozen;
using System.Text.Json;

namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>The table in merge-keys.json.</summary>
internal static class MergeKeys
{
    private static readonly FrozenDictionary<string, MergeRule> Rules;

    static MergeKeys()
    {
        using var stream = typeof(MergeKeys).Assembly.GetManifestResourceStream("merge-keys.json")!;
        using var table = JsonDocument.Parse(stream);
        Rules = table.RootElement.GetProperty("fields").EnumerateObject().ToFrozenDictionary(f => f.Name, f => Read(f.Value));
        AtomicTypes = table.RootElement.GetProperty("atomicTypes").EnumerateArray().Select(t => t.GetString()!).ToFrozenSet();
    }

    /// <summary>Types that are one value wherever they stand.</summary>
    public static FrozenSet<string> AtomicTypes { get; }

    public static MergeRule Of(string typeName, string field) => Rules.GetValueOrDefault($"{typeName}.{field}", MergeRule.Default);

    private static MergeRule Read(JsonElement rule) => new(
        Text(rule, "list") switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic },
        rule.TryGetProperty("keys", out var keys) ? [.. keys.EnumerateArray().Select(k => k.GetString()!)] : [],
        rule.TryGetProperty("defaults", out var defaults)
            ? defaults.EnumerateObject().ToDictionary(d => d.Name, d => d.Value.GetString()!)
            : MergeRule.Default.KeyDefaults,
        Text(rule, "mergeKey"),
        rule.TryGetProperty("merge", out _),
        rule.TryGetProperty("retainKeys", out _),
        Text(rule, "map") switch { "atomic" => true, "granular" => false, _ => null });

    private static string? Text(JsonElement rule, string name) => rule.TryGetProperty(name, out var value) ? value.GetString() : null;
}
