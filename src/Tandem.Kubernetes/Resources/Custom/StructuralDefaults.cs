using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// Fills in a structural schema's defaults, and removes the nulls that its fields may not hold. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting-and-nullable.
/// </summary>
internal static class StructuralDefaults
{
    public static void Apply(JsonNode? value, JsonObject schema)
    {
        if (value is JsonArray list)
        {
            if (schema.Child("items") is { } items)
                foreach (var item in list)
                    Apply(item, items);
            return;
        }

        if (value is not JsonObject o)
            return;
        foreach (var (name, property) in schema.Child("properties") ?? [])
        {
            if (property is not JsonObject inner)
                continue;
            var isNull = o.ContainsKey(name) && o[name] is null && !inner.Flag("nullable");
            if (inner["default"] is { } fallback && (isNull || !o.ContainsKey(name)))
                o[name] = fallback.DeepClone();
            else if (isNull)
                o.Remove(name);
            Apply(o[name], inner);
        }

        if (schema.Child("additionalProperties") is not { } additional)
            return;
        foreach (var (name, item) in o.ToList())
        {
            if (schema.Child("properties")?.ContainsKey(name) == true)
                continue;
            if (item is null && !additional.Flag("nullable"))
            {
                if (additional["default"] is { } fallback)
                    o[name] = fallback.DeepClone();
                else
                    o.Remove(name);
            }

            Apply(o[name], additional);
        }
    }
}
