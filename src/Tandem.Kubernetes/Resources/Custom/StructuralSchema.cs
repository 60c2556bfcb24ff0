using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// The shape that a structural OpenAPI schema describes, for merging, pruning and field ownership. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
/// </summary>
internal static class StructuralSchema
{
    private static readonly Field[] TypeMeta =
    [
        new("apiVersion", Schema.Of(SchemaKind.String), MergeRule.Default),
        new("kind", Schema.Of(SchemaKind.String), MergeRule.Default),
        new("metadata", Schema.Of(typeof(V1ObjectMeta)), MergeRule.Default),
    ];

    /// <summary>The shape of a custom resource: what its schema says, with the type and metadata of every object.</summary>
    public static Schema OfResource(JsonObject schema) => WithTypeMeta(schema);

    private static Schema Of(JsonObject schema)
    {
        if (schema.Flag("x-kubernetes-int-or-string"))
            return Schema.Of(SchemaKind.NumberOrString);
        switch (schema.Text("type"))
        {
            case "string":
                return Schema.Of(SchemaKind.String);
            case "integer":
                return Schema.Of(SchemaKind.Integer);
            case "number":
                return Schema.Of(SchemaKind.Number);
            case "boolean":
                return Schema.Of(SchemaKind.Boolean);
            case "array":
                return Schema.ListOf(schema.Child("items") is { } items ? Of(items) : Schema.Untyped);
            case "object" when schema.Flag("x-kubernetes-embedded-resource"):
                return WithTypeMeta(schema);
            case "object" when schema["additionalProperties"] is JsonObject item:
                return Schema.MapOf(Of(item));
            case "object" when schema["additionalProperties"] is JsonValue { } any && any.GetValueKind() == JsonValueKind.True:
                return Schema.MapOf(Schema.Untyped);
            case "object":
                return Schema.OfFields(Fields(schema), KeepsUnknown(schema));
            default:
                return Schema.Untyped;
        }
    }

    private static Schema WithTypeMeta(JsonObject schema) =>
        Schema.OfFields([.. TypeMeta, .. Fields(schema).Where(f => TypeMeta.All(t => t.Name != f.Name))], KeepsUnknown(schema));

    private static IEnumerable<Field> Fields(JsonObject schema) =>
        (schema.Child("properties") ?? []).Where(p => p.Value is JsonObject).Select(p => new Field(p.Key, Of(p.Value!.AsObject()), Merge(p.Value!.AsObject())));

    private static bool KeepsUnknown(JsonObject schema) => schema.Flag("x-kubernetes-preserve-unknown-fields");

    private static MergeRule Merge(JsonObject schema)
    {
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToList();
        return MergeRule.Default with
        {
            List = schema.Text("x-kubernetes-list-type") switch { "map" => ListKind.Map, "set" => ListKind.Set, _ => ListKind.Atomic },
            Keys = keys,
            KeyDefaults = keys
                .Select(k => (Key: k, Value: schema.Text("items", "properties", k, "default")))
                .Where(d => d.Value is not null)
                .ToDictionary(d => d.Key, d => d.Value!),
            MapIsAtomic = schema.Text("x-kubernetes-map-type") == "atomic" ? true : null,
        };
    }
}
