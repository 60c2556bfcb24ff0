using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.Patch;

/// <summary>
/// Strategic merge patch: lists with a merge key are merged item by item, others are replaced. See
/// https://github.com/kubernetes/community/blob/master/contributors/devel/sig-api-machinery/strategic-merge-patch.md.
/// </summary>
internal static class StrategicMergePatch
{
    private const string Directive = "$patch";
    private const string RetainKeys = "$retainKeys";
    private const string SetOrder = "$setElementOrder/";
    private const string DeletePrimitives = "$deleteFromPrimitiveList/";

    /// <exception cref="ApiException">The patch is malformed, such as an item without its merge key.</exception>
    public static JsonObject Apply(JsonObject target, JsonObject patch, Schema schema)
    {
        var result = target.Copy();
        Merge(result, patch, schema);
        return result;
    }

    private static void Merge(JsonObject target, JsonObject patch, Schema schema)
    {
        switch (patch.Text(Directive))
        {
            case "replace":
                target.Clear();
                foreach (var (name, value) in patch.Where(f => f.Key != Directive))
                    target[name] = value?.DeepClone();
                return;
            case "delete":
                target.Clear();
                return;
            case null or "merge":
                break;
            case var unknown:
                throw ApiException.BadRequest($"Unknown patch type found: {unknown}");
        }

        if (patch[RetainKeys] is JsonArray retained)
        {
            var keep = retained.Select(k => (string)k!).ToHashSet();
            foreach (var name in target.Select(f => f.Key).Where(n => !keep.Contains(n)).ToList())
                target.Remove(name);
        }

        foreach (var (name, value) in patch)
        {
            if (name.StartsWith(DeletePrimitives, StringComparison.Ordinal))
                Delete(target, name[DeletePrimitives.Length..], value as JsonArray ?? []);
            else if (name.StartsWith(SetOrder, StringComparison.Ordinal))
                Reorder(target, patch, name[SetOrder.Length..], value as JsonArray ?? [], schema);
            else if (name is not (Directive or RetainKeys))
                MergeField(target, patch, name, value, schema);
        }
    }

    private static void MergeField(JsonObject target, JsonObject patch, string name, JsonNode? value, Schema schema)
    {
        var field = schema.Kind == SchemaKind.Map ? null : schema.Fields.GetValueOrDefault(name);
        var inner = field?.Schema ?? schema.Item;
        switch (value)
        {
            case null:
                target.Remove(name);
                break;
            case JsonObject child when inner?.Kind is SchemaKind.Object or SchemaKind.Map or null:
                if (child.Text(Directive) == "delete")
                {
                    target.Remove(name);
                    break;
                }

                if (target[name] is not JsonObject existing)
                    target[name] = existing = [];
                Merge(existing, child, inner ?? Schema.Of(typeof(object)));
                break;
            case JsonArray list when field is { Merge.PatchMerge: true }:
                // Ordered together with its directive where it has one.
                if (!patch.ContainsKey(SetOrder + name))
                    MergeList(target, name, list, null, field);
                break;
            default:
                target[name] = value.DeepClone();
                break;
        }
    }

    private static void Reorder(JsonObject target, JsonObject patch, string name, JsonArray order, Schema schema)
    {
        if (schema.Fields.GetValueOrDefault(name) is { Merge.PatchMerge: true } field)
            MergeList(target, name, patch[name] as JsonArray ?? [], order, field);
    }

    private static void MergeList(JsonObject target, string name, JsonArray patch, JsonArray? order, Field field)
    {
        if (target[name] is not JsonArray live)
            target[name] = live = [];
        if (field.Merge.PatchMergeKey is { } key)
            MergeObjects(live, patch, order, key, field);
        else
            MergePrimitives(live, patch, order);
    }

    private static void MergeObjects(JsonArray live, JsonArray patch, JsonArray? order, string key, Field field)
    {
        if (patch.OfType<JsonObject>().Any(p => p.Text(Directive) == "replace"))
        {
            var kept = patch.OfType<JsonObject>().Where(p => p.Text(Directive) != "replace").Select(p => p.DeepClone()).ToList();
            live.Clear();
            kept.ForEach(live.Add);
            return;
        }

        var items = new Dictionary<string, JsonObject>();
        var liveOrder = new List<string>();
        foreach (var item in live.OfType<JsonObject>())
        {
            // Where the merge key is not unique (ports by number, two protocols), the first one is merged with.
            var id = KeyOf(item, key);
            while (!items.TryAdd(id, item))
                id += "'";
            liveOrder.Add(id);
        }

        var patchOrder = new List<string>();
        foreach (var item in patch)
        {
            var child = item as JsonObject ?? throw ApiException.BadRequest($"an item of {field.Name} is not an object");
            var id = KeyOf(child, key);
            if (child.Text(Directive) == "delete")
            {
                items.Remove(id);
                liveOrder.Remove(id);
                continue;
            }

            patchOrder.Add(id);
            if (!items.TryGetValue(id, out var existing))
                items[id] = existing = [];
            Merge(existing, child, field.Schema.Item!);
        }

        var wanted = order is null ? patchOrder : [.. order.OfType<JsonObject>().Select(o => KeyOf(o, key))];
        var result = ListOrder.Merge(liveOrder, wanted).Concat(patchOrder).Distinct().Where(items.ContainsKey).Select(id => items[id]).ToList();
        live.Clear();
        result.ForEach(live.Add);
    }

    private static void MergePrimitives(JsonArray live, JsonArray patch, JsonArray? order)
    {
        var values = new Dictionary<string, JsonNode>();
        foreach (var value in live.Concat(patch).OfType<JsonNode>())
            values.TryAdd(value.ToJsonString(), value);
        var liveOrder = live.OfType<JsonNode>().Select(v => v.ToJsonString()).ToList();
        var added = patch.OfType<JsonNode>().Select(v => v.ToJsonString());
        var ids = order is null
            ? liveOrder.Concat(added)
            : ListOrder.Merge(liveOrder, [.. order.OfType<JsonNode>().Select(v => v.ToJsonString())]).Concat(added);
        var result = ids.Distinct().Where(values.ContainsKey).Select(id => values[id].DeepClone()).ToList();
        live.Clear();
        result.ForEach(live.Add);
    }

    private static void Delete(JsonObject target, string name, JsonArray values)
    {
        if (target[name] is not JsonArray live)
            return;
        foreach (var value in values)
            if (live.FirstOrDefault(v => JsonNode.DeepEquals(v, value)) is { } found)
                live.Remove(found);
    }

    private static string KeyOf(JsonObject item, string key) =>
        item[key]?.ToJsonString()
        ?? throw new ApiException(500, "InternalError", $"map: {item.ToJsonString()} does not contain declared merge key: {key}");
}
