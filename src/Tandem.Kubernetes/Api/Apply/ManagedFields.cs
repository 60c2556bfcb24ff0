using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.Apply;

/// <summary>Who manages a field, and through which kind of request.</summary>
internal sealed record Manager(string Name, string Operation, string ApiVersion, string Subresource)
{
    public const string Apply = "Apply";
    public const string Update = "Update";
}

/// <summary>The entries of metadata.managedFields.</summary>
internal sealed class ManagedFields
{
    private readonly List<(Manager Manager, FieldSet Fields, string Time)> _entries = [];

    public IEnumerable<(Manager Manager, FieldSet Fields)> Entries => _entries.Select(e => (e.Manager, e.Fields));

    public bool IsEmpty => _entries.Count == 0;

    public static ManagedFields Read(JsonObject value)
    {
        var result = new ManagedFields();
        foreach (var entry in value.Items("metadata", "managedFields"))
            if (entry.Child("fieldsV1") is { } fields)
                result._entries.Add((
                    new Manager(
                        entry.Text("manager") ?? "", entry.Text("operation") ?? "", entry.Text("apiVersion") ?? "", entry.Text("subresource") ?? ""),
                    FieldSet.FromJson(fields),
                    entry.Text("time") ?? ""));
        return result;
    }

    public FieldSet Of(Manager manager) => _entries.FirstOrDefault(e => e.Manager == manager).Fields ?? new FieldSet();

    /// <summary>The fields of everybody else.</summary>
    public FieldSet Others(Manager manager) =>
        _entries.Where(e => e.Manager != manager).Aggregate(new FieldSet(), (all, e) => all.Union(e.Fields));

    /// <summary>Replaces what a manager owns; unchanged fields keep their time, an empty set removes the entry.</summary>
    public void Set(Manager manager, FieldSet fields, string now)
    {
        var index = _entries.FindIndex(e => e.Manager == manager);
        if (index >= 0 && _entries[index].Fields.SetEquals(fields))
            return;
        if (index >= 0)
            _entries.RemoveAt(index);
        if (!fields.IsEmpty)
            _entries.Add((manager, fields, now));
    }

    /// <summary>Takes fields away from everybody but one.</summary>
    public void TakeFromOthers(Manager manager, FieldSet fields)
    {
        for (var i = _entries.Count - 1; i >= 0; i--)
        {
            if (_entries[i].Manager == manager)
                continue;
            var rest = _entries[i].Fields.Except(fields);
            if (rest.IsEmpty)
                _entries.RemoveAt(i);
            else
                _entries[i] = (_entries[i].Manager, rest, _entries[i].Time);
        }
    }

    public bool SameOwnersAs(ManagedFields other) =>
        _entries.Count == other._entries.Count
        && _entries.All(e => other._entries.Any(o => o.Manager == e.Manager && o.Fields.SetEquals(e.Fields)));

    public void Write(JsonObject value)
    {
        var metadata = value.Ensure("metadata");
        metadata.Remove("managedFields");
        if (_entries.Count == 0)
            return;
        var list = new JsonArray();
        foreach (var (manager, fields, time) in _entries.OrderByDescending(e => e.Manager.Operation == Manager.Apply).ThenBy(e => e.Time, StringComparer.Ordinal))
        {
            var entry = new JsonObject
            {
                ["manager"] = manager.Name,
                ["operation"] = manager.Operation,
                ["apiVersion"] = manager.ApiVersion,
                ["time"] = time,
                ["fieldsType"] = "FieldsV1",
                ["fieldsV1"] = fields.ToJson(),
            };
            if (manager.Subresource.Length > 0)
                entry["subresource"] = manager.Subresource;
            list.Add(entry);
        }

        metadata["managedFields"] = list;
    }

    /// <summary>Records an update: what it changed becomes its manager's, what it removed nobody's.</summary>
    /// <param name="old">The object before; an empty one for a creation.</param>
    /// <param name="value">The object after; its managedFields are rewritten.</param>
    /// <param name="schema">The kind's shape.</param>
    /// <param name="manager">Who updated.</param>
    /// <param name="now">The time, RFC 3339.</param>
    public static void RecordUpdate(JsonObject old, JsonObject value, Schema schema, Manager manager, string now)
    {
        // managedFields: [{}] is the documented way to clear them.
        if (value.At("metadata", "managedFields") is JsonArray { Count: 1 } given && given[0] is JsonObject { Count: 0 })
        {
            value["metadata"]!.AsObject().Remove("managedFields");
            return;
        }

        var fields = Read(value.At("metadata", "managedFields") is null ? old : value);
        var (changed, removed) = FieldSets.Compare(old, value, schema);
        if (manager.Subresource == "status")
            (changed, removed) = (Only("f:status", changed), Only("f:status", removed));
        else
            changed.Remove("f:status");
        fields.TakeFromOthers(manager, changed.Union(removed));
        fields.Set(manager, fields.Of(manager).Except(removed).Union(changed), now);
        fields.Write(value);
    }

    private static FieldSet Only(string element, FieldSet set)
    {
        var result = new FieldSet();
        if (set.Find(element) is { } child)
            foreach (var (name, inner) in child.Children)
                Copy(result.Ensure(element).Ensure(name), inner);
        return result;
    }

    private static void Copy(FieldSet to, FieldSet from)
    {
        to.IsMember = from.IsMember;
        foreach (var (name, inner) in from.Children)
            Copy(to.Ensure(name), inner);
    }
}
