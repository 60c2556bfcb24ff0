using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Content.Protobuf;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Resources.Schemas;

namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>Makes the named schemas of a document, from those that validate, merge and apply.</summary>
/// <param name="descriptions">What the fields mean.</param>
/// <param name="isV3">OpenAPI v3, which has references elsewhere and oneOf; else v2.</param>
internal sealed class SchemaBuilder(Descriptions descriptions, bool isV3)
{
    /// <summary>The schemas so far, by their names.</summary>
    public JsonObject Schemas { get; } = [];

    private string Prefix => isV3 ? "#/components/schemas/" : "#/definitions/";

    /// <summary>Adds a kind with all that it is made of.</summary>
    /// <returns>The name of its schema.</returns>
    public string Add(Resource resource)
    {
        string name;
        if (resource is CustomResource custom)
        {
            name = $"{string.Join('.', resource.Group.Split('.').Reverse())}.{resource.Version}.{resource.Kind}";
            Schemas[name] = Custom(custom);
        }
        else
        {
            name = AddType(resource.Schema, MessageTable.NameOf(resource.ApiVersion, resource.Kind));
        }

        Schemas[name]!["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(resource));
        return name;
    }

    public static JsonObject GroupVersionKind(Resource resource) => new()
    {
        ["group"] = resource.Group, ["kind"] = resource.Kind, ["version"] = resource.Version,
    };

    /// <summary>The author's schema, with the type and metadata that every object has. What v2 cannot say is left out of it.</summary>
    private JsonObject Custom(CustomResource custom)
    {
        var schema = custom.OpenApiSchema.Copy();
        if (!isV3)
            Simplify(schema);
        var properties = schema.Ensure("properties");
        foreach (var name in new[] { "apiVersion", "kind" })
            properties[name] = new JsonObject { ["type"] = "string", ["description"] = descriptions.Of("V1Pod", name == "kind" ? "Kind" : "ApiVersion") };
        var metadata = new JsonObject { ["$ref"] = Prefix + AddType(Schema.Of(typeof(k8s.Models.V1ObjectMeta)), "meta/v1.ObjectMeta") };
        properties["metadata"] = isV3 ? new JsonObject { ["allOf"] = new JsonArray(metadata), ["description"] = descriptions.Of("V1Pod", "Metadata") } : metadata;
        return schema;
    }

    private static void Simplify(JsonNode? schema)
    {
        if (schema is JsonArray list)
            foreach (var item in list)
                Simplify(item);
        if (schema is not JsonObject o)
            return;
        foreach (var name in new[] { "oneOf", "anyOf", "allOf", "not", "nullable" })
            o.Remove(name);
        if (o.Flag("x-kubernetes-preserve-unknown-fields") || o.Flag("x-kubernetes-int-or-string"))
            foreach (var name in new[] { "type", "properties", "items" })
                o.Remove(name);
        foreach (var (_, child) in o.ToList())
            Simplify(child);
    }

    private string AddType(Schema schema, string? message)
    {
        var name = NameOf(schema.TypeName!, message);
        if (Schemas.ContainsKey(name))
            return name;
        var properties = new JsonObject();
        var value = new JsonObject { ["type"] = "object" };
        if (descriptions.Of(schema.TypeName!) is { } description)
            value["description"] = description;
        value["properties"] = properties;
        if (message is not null && RequiredFields.ByMessage.TryGetValue(message, out var required))
            value["required"] = new JsonArray([.. required.Select(r => (JsonNode)r)]);
        Schemas[name] = value;
        var messages = message is null ? null : FieldsOf(message).ToDictionary(f => f.Name, f => f.Type);
        foreach (var field in schema.Fields.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            properties[field.Name] = Property(schema, field, messages?.GetValueOrDefault(field.Name));
        return name;
    }

    private JsonObject Property(Schema owner, Field field, string? message)
    {
        var value = Reference(field.Schema, message);
        if (value["$ref"] is not null && isV3)
            value = new JsonObject { ["allOf"] = new JsonArray(value), ["default"] = new JsonObject() };
        if (descriptions.Of(owner.TypeName!, field.Member) is { } description)
            value["description"] = description;
        if (field.Schema.Kind == SchemaKind.List)
        {
            value["x-kubernetes-list-type"] = field.Merge.List.ToString().ToLowerInvariant();
            if (field.Merge.Keys.Count > 0)
                value["x-kubernetes-list-map-keys"] = new JsonArray([.. field.Merge.Keys.Select(k => (JsonNode)k)]);
        }

        if (field.Merge.PatchMergeKey is { } key)
            value["x-kubernetes-patch-merge-key"] = key;
        if (field.Merge.PatchMerge || field.Merge.RetainKeys)
            value["x-kubernetes-patch-strategy"] = (field.Merge.PatchMerge, field.Merge.RetainKeys) switch
            {
                (true, true) => "merge,retainKeys",
                (true, _) => "merge",
                _ => "retainKeys",
            };
        return value;
    }

    private JsonObject Reference(Schema schema, string? message)
    {
        switch (schema.Kind)
        {
            case SchemaKind.Object:
                return new JsonObject { ["$ref"] = Prefix + AddType(schema, message) };
            case SchemaKind.List:
                return new JsonObject { ["type"] = "array", ["items"] = Reference(schema.Item!, message) };
            case SchemaKind.Map:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference(schema.Item!, message) };
            case SchemaKind.NumberOrString when isV3:
                return Formatted(new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) }, schema);
            case SchemaKind.NumberOrString:
                return Formatted(new JsonObject { ["type"] = "string" }, schema);
            case SchemaKind.Any:
                return isV3 ? [] : new JsonObject { ["type"] = "object" };
            default:
                return Formatted(new JsonObject { ["type"] = schema.Kind.ToString().ToLowerInvariant() }, schema);
        }
    }

    private static JsonObject Formatted(JsonObject value, Schema schema)
    {
        if (schema.Format is { } format)
            value["format"] = format;
        return value;
    }

    private static IEnumerable<MessageField> FieldsOf(string message) =>
        MessageTable.Find(message)?.Values.SelectMany(f => f.Name.Length > 0 ? [f] : FieldsOf(f.Type)) ?? [];

    /// <summary>The name that the real server gives the type, which follows its Go package.</summary>
    private static string NameOf(string type, string? message)
    {
        if (message is null || MessageTable.Find(message) is null)
            return $"io.k8s.api.{type}";
        var package = message.Split('/')[0] switch
        {
            "meta" => "apimachinery.pkg.apis.",
            "apiextensions" => "apiextensions-apiserver.pkg.apis.",
            _ => "api.",
        };
        return $"io.k8s.{package}{message.Replace('/', '.')}";
    }
}
