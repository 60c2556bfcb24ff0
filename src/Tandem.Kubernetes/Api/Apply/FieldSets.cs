using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.Apply;

/// <summary>Which fields an object has, and which differ between two.</summary>
internal static class FieldSets
{
    /// <summary>What never belongs to a manager.</summary>
    private static readonly string[] UnownedMetadata =
        ["name", "namespace", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds", "selfLink", "managedFields"];

    /// <summary>The fields of an applied configuration: its leaves, and the items of its list maps.</summary>
    /// <exception cref="TypedPatchException">It does not fit the type.</exception>
    public static FieldSet Of(JsonObject value, Schema schema)
    {
        var set = new FieldSet();
        AddObject(set, value, schema, "", withMaps: false);
        return WithoutUnowned(set);
    }

    /// <summary>What an update added or changed, and what it removed.</summary>
    public static (FieldSet Changed, FieldSet Removed) Compare(JsonObject old, JsonObject value, Schema schema)
    {
        var changed = new FieldSet();
        var removed = new FieldSet();
        CompareObjects(old, value, schema, changed, removed);
        return (WithoutUnowned(changed), WithoutUnowned(removed));
    }

    private static FieldSet WithoutUnowned(FieldSet set)
    {
        set.Remove("f:apiVersion");
        set.Remove("f:kind");
        if (set.Find("f:metadata") is { } metadata)
        {
            foreach (var name in UnownedMetadata)
                metadata.Remove("f:" + name);
            metadata.IsMember = false;
            if (metadata.IsEmpty)
                set.Remove("f:metadata");
        }

        return set;
    }

    private static void Add(FieldSet set, JsonNode? value, Schema schema, Field? field, string path, bool withMaps)
    {
        var atomic = field?.IsAtomic ?? schema.IsAtomic;
        switch (value)
        {
            case JsonObject { Count: > 0 } o when !atomic && schema.Kind is SchemaKind.Object:
                AddObject(set, o, schema, path, withMaps);
                break;
            case JsonObject { Count: > 0 } o when !atomic && schema.Kind is SchemaKind.Map:
                set.IsMember = withMaps;
                foreach (var (name, item) in o)
                    Add(set.Ensure("f:" + name), item, schema.Item!, null, $"{path}.{name}", withMaps);
                break;
            case JsonArray { Count: > 0 } a when !atomic && field is not null && schema.Kind is SchemaKind.List:
                foreach (var item in a)
                {
                    var element = ListKeys.ElementOf(item, field!, path);
                    if (set.Find(element) is not null)
                        throw new TypedPatchException(path, $"duplicate entries for key {Show(element)}");
                    var child = set.Ensure(element);
                    child.IsMember = true;
                    if (item is JsonObject entry)
                        AddObject(child, entry, schema.Item!, path, withMaps);
                }

                break;
            default:
                set.IsMember = true;
                break;
        }
    }

    private static void AddObject(FieldSet set, JsonObject value, Schema schema, string path, bool withMaps)
    {
        foreach (var (name, item) in value)
        {
            if (schema.Field(name) is not { } field)
                throw new TypedPatchException($"{path}.{name}", "field not declared in schema");
            Add(set.Ensure("f:" + name), item, field.Schema, field, $"{path}.{name}", withMaps);
        }
    }

    private static void Compare(JsonNode? old, JsonNode? value, Schema schema, Field? field, FieldSet changed, FieldSet removed)
    {
        var atomic = field?.IsAtomic ?? schema.IsAtomic;
        switch (old, value)
        {
            case (JsonObject a, JsonObject b) when !atomic && schema.Kind == SchemaKind.Object && a.Count > 0 && b.Count > 0:
                CompareObjects(a, b, schema, changed, removed);
                break;
            case (JsonObject a, JsonObject b) when !atomic && schema.Kind == SchemaKind.Map && a.Count > 0 && b.Count > 0:
                foreach (var name in a.Select(f => f.Key).Union(b.Select(f => f.Key)))
                    CompareChild(a.ContainsKey(name), a[name], b.ContainsKey(name), b[name], schema.Item!, null, "f:" + name, changed, removed);
                break;
            case (JsonArray a, JsonArray b) when !atomic && field is not null && schema.Kind is SchemaKind.List && a.Count > 0 && b.Count > 0:
                CompareLists(a, b, field, changed, removed);
                break;
            default:
                if (JsonNode.DeepEquals(old, value))
                    break;
                Add(changed, value, schema, field, "", withMaps: true);
                var gone = new FieldSet();
                Add(gone, old, schema, field, "", withMaps: true);
                Include(removed, gone.Except(changed));
                break;
        }
    }

    private static void CompareObjects(JsonObject old, JsonObject value, Schema schema, FieldSet changed, FieldSet removed)
    {
        foreach (var name in old.Select(f => f.Key).Union(value.Select(f => f.Key)))
            if (schema.Field(name) is { } field)
                CompareChild(old.ContainsKey(name), old[name], value.ContainsKey(name), value[name], field.Schema, field, "f:" + name, changed, removed);
    }

    private static void CompareLists(JsonArray old, JsonArray value, Field field, FieldSet changed, FieldSet removed)
    {
        var before = ByElement(old, field);
        var after = ByElement(value, field);
        foreach (var element in before.Keys.Union(after.Keys))
        {
            var was = before.TryGetValue(element, out var a);
            var isNow = after.TryGetValue(element, out var b);
            if (was && isNow && a is JsonObject x && b is JsonObject y)
            {
                var (inner, lost) = (new FieldSet(), new FieldSet());
                CompareObjects(x, y, field.Schema.Item!, inner, lost);
                Put(changed, element, inner);
                Put(removed, element, lost);
            }
            else if (!was || !isNow)
            {
                var set = new FieldSet { IsMember = true };
                if ((b ?? a) is JsonObject entry)
                    AddObject(set, entry, field.Schema.Item!, "", withMaps: true);
                Put(isNow ? changed : removed, element, set);
            }
        }
    }

    private static Dictionary<string, JsonNode?> ByElement(JsonArray list, Field field)
    {
        var items = new Dictionary<string, JsonNode?>();
        foreach (var item in list)
            items.TryAdd(ListKeys.ElementOf(item, field, ""), item);
        return items;
    }

    private static void CompareChild(
        bool was, JsonNode? old, bool isNow, JsonNode? value, Schema schema, Field? field, string element, FieldSet changed, FieldSet removed)
    {
        var (inner, lost) = (new FieldSet(), new FieldSet());
        if (was && isNow)
            Compare(old, value, schema, field, inner, lost);
        else
            Add(isNow ? inner : lost, isNow ? value : old, schema, field, "", withMaps: true);
        Put(changed, element, inner);
        Put(removed, element, lost);
    }

    private static void Put(FieldSet set, string element, FieldSet child)
    {
        if (!child.IsEmpty)
            Include(set.Ensure(element), child);
    }

    private static void Include(FieldSet set, FieldSet more)
    {
        set.IsMember |= more.IsMember;
        foreach (var (element, child) in more.Children)
            Include(set.Ensure(element), child);
    }

    private static string Show(string element) => element.StartsWith("k:", StringComparison.Ordinal)
        ? $"[{string.Join(',', JsonNode.Parse(element[2..])!.AsObject().Select(k => $"{k.Key}={k.Value?.ToJsonString()}"))}]"
        : element[2..];
}
