using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Apply;

/// <summary>
/// A set of field paths, as managedFields records it (FieldsV1): a trie whose edges are <c>f:name</c>,
/// <c>k:{"key":"value"}</c> for items of list maps and <c>v:value</c> for items of sets. A node may itself be a member.
/// See https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management.
/// </summary>
internal sealed class FieldSet
{
    private const string Self = ".";

    private readonly SortedDictionary<string, FieldSet> _children = new(StringComparer.Ordinal);

    /// <summary>Whether the path to this node belongs to the set.</summary>
    public bool IsMember { get; set; }

    public IEnumerable<KeyValuePair<string, FieldSet>> Children => _children;

    public bool IsEmpty => !IsMember && _children.Values.All(c => c.IsEmpty);

    public FieldSet? Find(string element) => _children.GetValueOrDefault(element);

    public FieldSet Ensure(string element)
    {
        if (!_children.TryGetValue(element, out var child))
            _children[element] = child = new FieldSet();
        return child;
    }

    public void Remove(string element) => _children.Remove(element);

    public FieldSet Union(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember || other.IsMember };
        foreach (var (element, child) in _children)
            result._children[element] = other.Find(element) is { } match ? child.Union(match) : child;
        foreach (var (element, child) in other._children)
            result._children.TryAdd(element, child);
        return result;
    }

    public FieldSet Except(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && !other.IsMember };
        foreach (var (element, child) in _children)
            if ((other.Find(element) is { } match ? child.Except(match) : child) is { IsEmpty: false } rest)
                result._children[element] = rest;
        return result;
    }

    public FieldSet Intersect(FieldSet other)
    {
        var result = new FieldSet { IsMember = IsMember && other.IsMember };
        foreach (var (element, child) in _children)
            if (other.Find(element) is { } match && child.Intersect(match) is { IsEmpty: false } both)
                result._children[element] = both;
        return result;
    }

    public bool SetEquals(FieldSet other) => Except(other).IsEmpty && other.Except(this).IsEmpty;

    /// <summary>The members as kubectl shows them: <c>.spec.containers[name="c"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember && prefix.Length > 0)
            yield return prefix;
        foreach (var (element, child) in _children)
            foreach (var path in child.Paths(prefix + Show(element)))
                yield return path;
    }

    public JsonObject ToJson()
    {
        var result = new JsonObject();
        if (IsMember && _children.Count > 0)
            result[Self] = new JsonObject();
        foreach (var (element, child) in _children)
            result[element] = child.ToJson();
        return result;
    }

    public static FieldSet FromJson(JsonObject json)
    {
        var set = new FieldSet { IsMember = json.Count == 0 || json.ContainsKey(Self) };
        foreach (var (element, child) in json)
            if (element != Self)
                set._children[element] = FromJson(child as JsonObject ?? []);
        return set;
    }

    private static string Show(string element)
    {
        if (element.StartsWith("f:", StringComparison.Ordinal))
            return "." + element[2..];
        if (element.StartsWith("v:", StringComparison.Ordinal))
            return $"[={element[2..]}]";
        var key = JsonNode.Parse(element[2..])!.AsObject();
        return $"[{string.Join(',', key.Select(k => $"{k.Key}={k.Value?.ToJsonString()}"))}]";
    }
}
