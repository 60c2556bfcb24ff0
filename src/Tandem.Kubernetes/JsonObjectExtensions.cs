using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes;

/// <summary>Reads and fills JSON objects by path; what is absent or of another type reads as null or empty.</summary>
internal static class JsonObjectExtensions
{
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
            node = (node as JsonObject)?[name];
        return node;
    }

    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    public static long? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.Number && value.TryGetValue(out long number)
            ? number
            : node.At(path) is JsonValue other && other.GetValueKind() == JsonValueKind.Number && other.TryGetValue(out int small) ? small : null;

    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.TryGetValue(out bool flag) && flag;

    public static JsonObject? Child(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    /// <summary>The items of a list that are objects.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.OfType<JsonObject>() : [];

    /// <summary>The strings of a list.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonArray list ? list.OfType<JsonValue>().Select(v => v.TryGetValue(out string? s) ? s : null).OfType<string>() : [];

    /// <summary>Sets a field that is absent or null.</summary>
    public static void Default(this JsonObject value, string name, JsonNode fallback)
    {
        if (value[name] is null)
            value[name] = fallback;
    }

    /// <summary>The object under a name, made where there is none.</summary>
    public static JsonObject Ensure(this JsonObject value, string name)
    {
        if (value[name] is JsonObject child)
            return child;
        child = [];
        value[name] = child;
        return child;
    }

    /// <summary>Sets the field at the end of a path, with the objects on the way.</summary>
    public static void Put(this JsonObject value, JsonNode? field, params ReadOnlySpan<string> path)
    {
        foreach (var name in path[..^1])
            value = value.Ensure(name);
        value[path[^1]] = field;
    }

    public static JsonObject WithoutNulls(this JsonObject value)
    {
        foreach (var name in value.Where(f => f.Value is null).Select(f => f.Key).ToList())
            value.Remove(name);
        return value;
    }

    public static JsonObject Copy(this JsonObject value) => value.DeepClone().AsObject();
}
