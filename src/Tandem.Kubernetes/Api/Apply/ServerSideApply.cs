using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Patch;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.Apply;

/// <summary>
/// Server-side apply (KEP-555): merges a configuration into the live object, removes what its manager no longer lists
/// and nobody else owns, and refuses to change what another manager owns.
/// </summary>
internal static class ServerSideApply
{
    /// <param name="live">The live object; an empty one where there is none.</param>
    /// <param name="patch">The applied configuration.</param>
    /// <param name="schema">The kind's shape.</param>
    /// <param name="manager">Who applies.</param>
    /// <param name="force">Take over what others own.</param>
    /// <param name="now">The time, RFC 3339.</param>
    /// <exception cref="ApiException">409 with one cause a conflict.</exception>
    /// <exception cref="TypedPatchException">The configuration does not fit the type.</exception>
    public static JsonObject Apply(JsonObject live, JsonObject patch, Schema schema, Manager manager, bool force, string now)
    {
        var owners = ManagedFields.Read(live);
        if (owners.IsEmpty && live.Count > 0)
            owners.Set(new Manager("before-first-apply", Manager.Update, manager.ApiVersion, ""), FieldSets.Of(Owned(live), schema), now);

        var wanted = FieldSets.Of(patch, schema);
        var previous = owners.Of(manager);
        var others = owners.Others(manager);

        var merged = live.Copy();
        MergeObject(merged, patch, schema);
        Prune(merged, schema, previous.Except(wanted), others.Union(wanted));

        var (changed, removed) = FieldSets.Compare(live, merged, schema);
        if (!force)
            RefuseConflicts(owners, manager, changed);
        owners.TakeFromOthers(manager, changed.Union(removed));
        owners.Set(manager, wanted, now);
        owners.Write(merged);
        return merged;
    }

    private static JsonObject Owned(JsonObject live)
    {
        var owned = live.Copy();
        owned.Remove("status");
        return owned;
    }

    private static void RefuseConflicts(ManagedFields owners, Manager manager, FieldSet changed)
    {
        var conflicts = owners.Entries
            .Where(e => e.Manager != manager)
            .SelectMany(e => e.Fields.Intersect(changed).Paths().Select(p => (Who: Describe(e.Manager), Path: p)))
            .ToList();
        if (conflicts.Count == 0)
            return;

        var groups = conflicts.GroupBy(c => c.Who).ToList();
        var text = conflicts.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {conflicts[0].Who}: {conflicts[0].Path}"
            : $"Apply failed with {conflicts.Count} conflicts: "
                + string.Join('\n', groups.Select(g => $"conflicts with {g.Key}:\n{string.Join('\n', g.Select(c => "- " + c.Path))}"));
        throw new ApiException(409, "Conflict", text, new JsonObject
        {
            ["causes"] = new JsonArray([.. conflicts.Select(c => new JsonObject
            {
                ["reason"] = "FieldManagerConflict", ["message"] = $"conflict with {c.Who}", ["field"] = c.Path,
            })]),
        });
    }

    private static string Describe(Manager manager) => manager.Operation == Manager.Apply
        ? $"\"{manager.Name}\""
        : manager.Subresource.Length > 0
            ? $"\"{manager.Name}\" with subresource \"{manager.Subresource}\" using {manager.ApiVersion}"
            : $"\"{manager.Name}\" using {manager.ApiVersion}";

    private static void MergeObject(JsonObject target, JsonObject patch, Schema schema)
    {
        foreach (var (name, value) in patch)
        {
            var field = schema.Kind == SchemaKind.Map ? null : schema.Field(name);
            var inner = field?.Schema ?? schema.Item!;
            var atomic = field?.IsAtomic ?? inner.IsAtomic;
            switch (value)
            {
                case null:
                    target.Remove(name);
                    break;
                case JsonObject child when !atomic && inner.Kind is SchemaKind.Object or SchemaKind.Map && target[name] is JsonObject existing:
                    MergeObject(existing, child, inner);
                    break;
                case JsonArray list when !atomic && field is not null && inner.Kind is SchemaKind.List && target[name] is JsonArray existing:
                    MergeList(existing, list, field);
                    break;
                default:
                    target[name] = value.DeepClone();
                    break;
            }
        }
    }

    private static void MergeList(JsonArray live, JsonArray patch, Field field)
    {
        var items = new Dictionary<string, JsonNode?>();
        var liveOrder = live.Select(i => ListKeys.ElementOf(i, field, field.Name)).ToList();
        foreach (var (index, element) in liveOrder.Index())
            items.TryAdd(element, live[index]);
        var patchOrder = new List<string>();
        foreach (var item in patch)
        {
            var element = ListKeys.ElementOf(item, field, field.Name);
            patchOrder.Add(element);
            if (items.GetValueOrDefault(element) is JsonObject existing && item is JsonObject child)
                MergeObject(existing, child, field.Schema.Item!);
            else
                items[element] = item?.DeepClone();
        }

        var result = ListOrder.Merge(liveOrder, patchOrder).Select(e => items[e]).ToList();
        live.Clear();
        result.ForEach(live.Add);
    }

    /// <summary>Removes the paths in <paramref name="gone"/> unless something at or below them is kept.</summary>
    private static void Prune(JsonObject value, Schema schema, FieldSet gone, FieldSet kept)
    {
        foreach (var (element, lost) in gone.Children)
        {
            var name = element[2..];
            if (!value.ContainsKey(name))
                continue;
            var field = schema.Kind == SchemaKind.Map ? null : schema.Field(name);
            var inner = field?.Schema ?? schema.Item;
            var stay = kept.Find(element);
            if (stay is null || stay.IsEmpty)
            {
                if (inner is null || lost.IsMember || !HasOthersThan(value[name], inner, field, lost))
                    value.Remove(name);
                else
                    PruneInside(value[name], inner, field, lost, new FieldSet());
            }
            else
            {
                PruneInside(value[name], inner!, field, lost, stay);
            }
        }
    }

    private static void PruneInside(JsonNode? value, Schema schema, Field? field, FieldSet gone, FieldSet kept)
    {
        if (value is JsonObject o && field is not { IsAtomic: true })
        {
            Prune(o, schema, gone, kept);
        }
        else if (value is JsonArray list && field is { IsAtomic: false } && schema.Kind is SchemaKind.List)
        {
            foreach (var item in list.ToList())
            {
                var element = ListKeys.ElementOf(item, field, field.Name);
                if (gone.Find(element) is not { } lost)
                    continue;
                var stay = kept.Find(element);
                if (lost.IsMember && (stay is null || stay.IsEmpty))
                    list.Remove(item);
                else if (item is JsonObject entry)
                    Prune(entry, schema.Item!, lost, stay ?? new FieldSet());
            }
        }
    }

    /// <summary>Whether anything would be left inside: fields that nobody owns, such as defaults.</summary>
    private static bool HasOthersThan(JsonNode? value, Schema schema, Field? field, FieldSet gone)
    {
        if (value is null)
            return false;
        var rest = value.DeepClone();
        PruneInside(rest, schema, field, gone, new FieldSet());
        return rest switch
        {
            JsonObject o => o.Count > 0,
            JsonArray a => a.Count > 0,
            _ => false,
        };
    }
}
