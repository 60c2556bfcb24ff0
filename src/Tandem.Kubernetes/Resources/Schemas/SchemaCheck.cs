using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>Compares a decoded object with its schema.</summary>
internal static class SchemaCheck
{
    /// <summary>Removes the fields that the schema does not know.</summary>
    /// <returns>Their paths, such as spec.template.spec.containers[0].imgae.</returns>
    /// <exception cref="WrongTypeException">A value has another JSON type than its field.</exception>
    public static List<string> Prune(JsonObject value, Schema schema)
    {
        var unknown = new List<string>();
        CheckObject(value, schema, "", unknown);
        return unknown;
    }

    private static void Check(JsonNode? value, Schema schema, string path, List<string> unknown)
    {
        if (value is null)
            return;
        switch (schema.Kind)
        {
            case SchemaKind.Any:
                break;
            case SchemaKind.Object when value is JsonObject o:
                CheckObject(o, schema, path, unknown);
                break;
            case SchemaKind.Map when value is JsonObject m:
                foreach (var (name, item) in m)
                    Check(item, schema.Item!, $"{path}.{name}", unknown);
                break;
            case SchemaKind.List when value is JsonArray a:
                for (var i = 0; i < a.Count; i++)
                    Check(a[i], schema.Item!, $"{path}[{i}]", unknown);
                break;
            default:
                if (!Fits(value.GetValueKind(), schema.Kind))
                    throw new WrongTypeException(path, value.GetValueKind(), schema);
                break;
        }
    }

    private static void CheckObject(JsonObject value, Schema schema, string path, List<string> unknown)
    {
        foreach (var (name, item) in value.ToList())
        {
            var at = path.Length == 0 ? name : $"{path}.{name}";
            if (schema.Field(name) is { } field)
            {
                Check(item, field.Schema, at, unknown);
            }
            else
            {
                unknown.Add(at);
                value.Remove(name);
            }
        }
    }

    private static bool Fits(JsonValueKind actual, SchemaKind wanted) => wanted switch
    {
        SchemaKind.String => actual == JsonValueKind.String,
        SchemaKind.Integer or SchemaKind.Number => actual == JsonValueKind.Number,
        SchemaKind.Boolean => actual is JsonValueKind.True or JsonValueKind.False,
        SchemaKind.NumberOrString => actual is JsonValueKind.Number or JsonValueKind.String,
        _ => false,
    };
}
