using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>What differs between two states of an object, field by field, without what servers keep for themselves. Pure.</summary>
public static class ObjectDiff
{
    private static readonly string[] OfServers = ["managedFields", "resourceVersion", "generation", "uid", "creationTimestamp", "selfLink"];

    private static readonly string[] OfReleases = [$"metadata.annotations.{ApplySet.HashAnnotation}", $"metadata.labels.{ApplySet.PartOfLabel}"];

    /// <summary>The differences, in the order of the fields. Values of Secrets are never told.</summary>
    /// <param name="from">As it is.</param>
    /// <param name="to">As it will be.</param>
    public static IReadOnlyList<FieldChange> Of(JsonObject from, JsonObject to)
    {
        var changes = new List<FieldChange>();
        Compare("", Visible(from), Visible(to), changes);
        var secret = (string?)to["kind"] == "Secret";
        return
        [
            .. changes.Where(c => !OfReleases.Contains(c.Path))
                .Select(c => secret && (c.Path.StartsWith("data", StringComparison.Ordinal) || c.Path.StartsWith("stringData", StringComparison.Ordinal))
                    ? c with { From = Hidden(c.From), To = Hidden(c.To) } : c),
        ];
    }

    private static string? Hidden(string? value) => value is null ? null : "(secret)";

    private static JsonObject Visible(JsonObject value)
    {
        var visible = value.DeepClone().AsObject();
        visible.Remove("status");
        foreach (var field in OfServers)
            visible["metadata"]?.AsObject().Remove(field);
        return visible;
    }

    private static void Compare(string path, JsonNode? from, JsonNode? to, List<FieldChange> changes)
    {
        switch (from, to)
        {
            case (JsonObject a, JsonObject b):
                foreach (var name in a.Select(p => p.Key).Union(b.Select(p => p.Key)))
                    Compare(path.Length == 0 ? name : $"{path}.{name}", a[name], b[name], changes);
                break;
            case (JsonArray a, JsonArray b) when IsNamed(a) && IsNamed(b):
                foreach (var name in a.Select(Name).Union(b.Select(Name)))
                    Compare($"{path}[{name}]", a.FirstOrDefault(i => Name(i) == name), b.FirstOrDefault(i => Name(i) == name), changes);
                break;
            case (JsonArray a, JsonArray b):
                for (var i = 0; i < Math.Max(a.Count, b.Count); i++)
                    Compare($"{path}[{i}]", i < a.Count ? a[i] : null, i < b.Count ? b[i] : null, changes);
                break;
            default:
                if (!JsonNode.DeepEquals(from, to))
                    changes.Add(new FieldChange(path, from?.ToJsonString(), to?.ToJsonString()));
                break;
        }
    }

    /// <summary>Containers, ports, variables: what has names is compared by them, wherever it stands.</summary>
    private static bool IsNamed(JsonArray list) => list.Count > 0 && list.Select(Name).All(n => n is not null) && list.Select(Name).Distinct().Count() == list.Count;

    private static string? Name(JsonNode? item) => item is JsonObject map && map["name"] is JsonValue name && name.TryGetValue(out string? text) ? text : null;
}

/// <summary>A field that differs.</summary>
/// <param name="Path">Such as spec.replicas.</param>
/// <param name="From">Its value as JSON; null where it is not there.</param>
/// <param name="To">Its value as JSON; null where it will not be there.</param>
public sealed record FieldChange(string Path, string? From, string? To);
