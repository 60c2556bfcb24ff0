using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.Apply;

/// <summary>The path elements of list items.</summary>
internal static class ListKeys
{
    /// <summary>The item's identity within a list map or set.</summary>
    /// <exception cref="TypedPatchException">An item of a list map lacks a key that has no default.</exception>
    public static string ElementOf(JsonNode? item, Field field, string path)
    {
        if (field.Merge.List == ListKind.Set)
            return "v:" + (item?.ToJsonString() ?? "null");
        var value = item as JsonObject ?? throw new TypedPatchException(path, "expected an object as list item");
        var key = new JsonObject();
        foreach (var name in field.Merge.Keys.Order(StringComparer.Ordinal))
        {
            if (value[name] is { } part)
                key[name] = part.DeepClone();
            else if (field.Merge.KeyDefaults.TryGetValue(name, out var fallback))
                key[name] = fallback;
            else if (field.Merge.Keys.Count == 1)
                throw new TypedPatchException(path, $"element 0: associative list with keys has an element that omits key field \"{name}\" (and doesn't have default value)");
        }

        return "k:" + Compact(key);
    }

    private static string Compact(JsonObject key) => System.Text.Encoding.UTF8.GetString(Storage.Utf8Json.Write(key));
}
