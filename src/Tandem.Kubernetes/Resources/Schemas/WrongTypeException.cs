using System.Text.Json;

namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>A value of another JSON type than its field; worded as Go's decoder does.</summary>
internal sealed class WrongTypeException(string path, JsonValueKind actual, Schema wanted)
    : Exception($"json: cannot unmarshal {Name(actual)} into Go struct field {path} of type {Name(wanted)}")
{
    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.String => "string",
        JsonValueKind.Number => "number",
        JsonValueKind.True or JsonValueKind.False => "bool",
        JsonValueKind.Array => "array",
        _ => "object",
    };

    private static string Name(Schema schema) => schema.Kind switch
    {
        SchemaKind.Integer => "int32",
        SchemaKind.Number => "float64",
        SchemaKind.Boolean => "bool",
        SchemaKind.List => "[]" + Name(schema.Item!),
        SchemaKind.Map => "map[string]" + Name(schema.Item!),
        SchemaKind.Object => schema.TypeName!,
        _ => "string",
    };
}
