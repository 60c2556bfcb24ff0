using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>JSON that names a field twice, as kube-apiserver reads it: the last one counts.</summary>
internal sealed class DuplicateFields
{
    /// <summary>So many are told of, as by kube-apiserver.</summary>
    private const int Most = 100;

    private readonly Stack<string> _path = [];
    private readonly ICollection<string> _found;

    private DuplicateFields(ICollection<string> found) => _found = found;

    /// <param name="json">The text.</param>
    /// <param name="options">Bounds, with duplicates allowed.</param>
    /// <param name="duplicates">The paths of the fields that are there more than once are added to it.</param>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static JsonNode? Read(byte[] json, JsonDocumentOptions options, ICollection<string> duplicates)
    {
        using var document = JsonDocument.Parse(json, options);
        return new DuplicateFields(duplicates).Copy(document.RootElement);
    }

    private JsonNode? Copy(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => CopyObject(element),
        JsonValueKind.Array => new JsonArray([.. element.EnumerateArray().Select((item, index) => CopyAt($"[{index}]", item))]),
        JsonValueKind.Null => null,
        _ => JsonValue.Create(element.Clone()),
    };

    private JsonObject CopyObject(JsonElement element)
    {
        var value = new JsonObject();
        var twice = new HashSet<string>();
        foreach (var field in element.EnumerateObject())
        {
            var segment = _path.Count == 0 ? field.Name : "." + field.Name;
            if (value.ContainsKey(field.Name) && twice.Add(field.Name) && _found.Count < Most)
                _found.Add(string.Concat(_path.Reverse()) + segment);
            value[field.Name] = CopyAt(segment, field.Value);
        }

        return value;
    }

    private JsonNode? CopyAt(string segment, JsonElement element)
    {
        _path.Push(segment);
        var copy = Copy(element);
        _path.Pop();
        return copy;
    }
}
