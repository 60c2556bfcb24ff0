using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Patch;

/// <summary>RFC 6902, with RFC 6901 pointers.</summary>
internal static class JsonPatch
{
    /// <summary>kube-apiserver's own bound.</summary>
    private const int MaxOperations = 10_000;

    /// <exception cref="ApiException">400 for what is not a patch, 422 where it does not fit the object.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray patch)
    {
        if (patch.Count > MaxOperations)
            throw new ApiException(413, "RequestEntityTooLarge", $"The allowed maximum operations in a JSON patch is {MaxOperations}, got {patch.Count}");
        JsonNode? document = target.Copy();
        foreach (var step in patch)
            document = ApplyOne(document, step as JsonObject ?? throw ApiException.BadRequest("a JSON patch is a list of objects"));
        return document as JsonObject ?? throw Unprocessable("the patched document is not an object");
    }

    private static JsonNode? ApplyOne(JsonNode? document, JsonObject step)
    {
        var path = Pointer(step.Text("path") ?? throw ApiException.BadRequest("a JSON patch operation needs a path"));
        switch (step.Text("op"))
        {
            case "add":
                return Add(document, path, Value(step));
            case "remove":
                Take(ref document, path);
                return document;
            case "replace":
                Take(ref document, path);
                return Add(document, path, Value(step));
            case "move":
                var from = Pointer(step.Text("from") ?? throw ApiException.BadRequest("move needs from"));
                return Add(document, path, Take(ref document, from));
            case "copy":
                return Add(document, path, Get(document, Pointer(step.Text("from") ?? throw ApiException.BadRequest("copy needs from")))?.DeepClone());
            case "test":
                return JsonNode.DeepEquals(Get(document, path), Value(step))
                    ? document
                    : throw Unprocessable($"testing value {step.Text("path")} failed");
            default:
                throw ApiException.BadRequest($"Unexpected kind: {step.Text("op")}");
        }
    }

    private static JsonNode? Value(JsonObject step) =>
        step.TryGetPropertyValue("value", out var value) ? value?.DeepClone() : throw ApiException.BadRequest("the operation needs a value");

    private static string[] Pointer(string text) =>
        text.Length == 0 ? []
        : text[0] == '/' ? [.. text[1..].Split('/').Select(t => t.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))]
        : throw ApiException.BadRequest($"invalid JSON pointer {text}");

    private static JsonNode? Get(JsonNode? node, ReadOnlySpan<string> path)
    {
        foreach (var token in path)
            node = node switch
            {
                JsonObject o when o.ContainsKey(token) => o[token],
                JsonArray a => a[Index(token, a.Count - 1)],
                _ => throw Missing(token),
            };
        return node;
    }

    private static JsonNode? Add(JsonNode? document, string[] path, JsonNode? value)
    {
        if (path.Length == 0)
            return value;
        switch (Get(document, path.AsSpan(0, path.Length - 1)))
        {
            case JsonObject o:
                o[path[^1]] = value;
                break;
            case JsonArray a:
                a.Insert(path[^1] == "-" ? a.Count : Index(path[^1], a.Count), value);
                break;
            default:
                throw Missing(path[^1]);
        }

        return document;
    }

    private static JsonNode? Take(ref JsonNode? document, string[] path)
    {
        if (path.Length == 0)
        {
            var whole = document;
            document = null;
            return whole;
        }

        var parent = Get(document, path.AsSpan(0, path.Length - 1));
        var taken = Get(parent, path.AsSpan(path.Length - 1));
        if (parent is JsonArray a)
            a.RemoveAt(Index(path[^1], a.Count - 1));
        else
            ((JsonObject)parent!).Remove(path[^1]);
        return taken;
    }

    private static int Index(string token, int max) =>
        int.TryParse(token, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= max
            ? index
            : throw Unprocessable($"Unable to access invalid index: {token}");

    private static ApiException Missing(string token) => Unprocessable($"the path segment \"{token}\" is missing: key not found");

    private static ApiException Unprocessable(string why) =>
        new(422, "Invalid", $"the server rejected our request due to an error in our request: {why}");
}
