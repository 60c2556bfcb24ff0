using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// Removes what a structural schema does not declare. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#field-pruning.
/// </summary>
internal static class StructuralPruning
{
    /// <returns>The paths of the fields that were removed.</returns>
    public static List<string> Prune(JsonObject value, JsonObject schema)
    {
        var unknown = new List<string>();
        PruneObject(value, schema, "", isResource: true, unknown);
        return unknown;
    }

    private static void Prune(JsonNode? value, JsonObject schema, string path, List<string> unknown)
    {
        if (value is JsonObject o)
            PruneObject(o, schema, path, schema.Flag("x-kubernetes-embedded-resource"), unknown);
        else if (value is JsonArray list && schema.Child("items") is { } items)
            foreach (var (index, item) in list.Index())
                Prune(item, items, $"{path}[{index}]", unknown);
    }

    private static void PruneObject(JsonObject value, JsonObject schema, string path, bool isResource, List<string> unknown)
    {
        var additional = schema["additionalProperties"];
        var keepsOthers = schema.Flag("x-kubernetes-preserve-unknown-fields")
            || (additional is JsonValue any && any.GetValueKind() == JsonValueKind.True);
        foreach (var (name, item) in value.ToList())
        {
            if (isResource && name is "apiVersion" or "kind" or "metadata")
                continue;
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Child("properties", name) is { } property)
            {
                Prune(item, property, at, unknown);
            }
            else if (additional is JsonObject items)
            {
                Prune(item, items, at, unknown);
            }
            else if (!keepsOthers)
            {
                unknown.Add(at);
                value.Remove(name);
            }
        }
    }
}
