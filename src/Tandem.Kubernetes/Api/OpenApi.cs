using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Resources.Schemas;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api;

/// <summary>OpenAPI v3, from the same schemas that validate: kubectl looks there for PATCH, dryRun and fieldValidation.</summary>
internal sealed class OpenApi(ServedResources served)
{
    private static readonly ConcurrentDictionary<string, byte[]> Documents = new();

    /// <summary>The index: each group version with the hash of its document.</summary>
    public JsonObject Index()
    {
        var paths = new JsonObject();
        foreach (var path in served.All.Select(r => r.GroupVersionPath[1..]).Distinct())
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Hash(path)}" };
        return new JsonObject { ["paths"] = paths };
    }

    /// <summary>The document of "api/v1" or "apis/GROUP/VERSION"; null where it is not served.</summary>
    public byte[]? Document(string path) =>
        served.All.Any(r => r.GroupVersionPath[1..] == path) ? Documents.GetOrAdd(path, Build) : null;

    public string Hash(string path) => Convert.ToHexString(SHA256.HashData(Document(path)!));

    private byte[] Build(string path)
    {
        var schemas = new JsonObject();
        var paths = new JsonObject();
        foreach (var resource in served.All.Where(r => r.GroupVersionPath[1..] == path))
        {
            if (resource is CustomResource custom)
                schemas[NameOf(resource)] = custom.OpenApiSchema.DeepClone();
            else
                AddSchema(resource.Schema, schemas);
            schemas[NameOf(resource)]!["x-kubernetes-group-version-kind"] = new JsonArray(GroupVersionKind(resource));
            var collection = resource.IsNamespaced ? $"/{path}/namespaces/{{namespace}}/{resource.Plural}" : $"/{path}/{resource.Plural}";
            paths[collection] = new JsonObject { ["post"] = Operation(resource, "post") };
            paths[collection + "/{name}"] = new JsonObject
            {
                ["get"] = Operation(resource, "get"), ["put"] = Operation(resource, "put"), ["patch"] = Operation(resource, "patch"),
                ["delete"] = Operation(resource, "delete"),
            };
        }

        return Utf8Json.Write(new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = ServerVersion.GitVersion },
            ["paths"] = paths,
            ["components"] = new JsonObject { ["schemas"] = schemas },
        });
    }

    private static string NameOf(Resource resource) =>
        resource.Schema.TypeName ?? $"{string.Join('.', resource.Group.Split('.').Reverse())}.{resource.Version}.{resource.Kind}";

    private static JsonObject Operation(Resource resource, string action)
    {
        var parameters = new JsonArray();
        if (action is not "get")
            foreach (var name in new[] { "dryRun", "fieldManager", "fieldValidation" }.Concat(action == "patch" ? ["force"] : []))
                parameters.Add(new JsonObject
                {
                    ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = name == "force" ? "boolean" : "string", ["uniqueItems"] = true },
                });
        return new JsonObject
        {
            ["operationId"] = $"{action}{resource.Kind}",
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = GroupVersionKind(resource),
        };
    }

    private static JsonObject GroupVersionKind(Resource resource) => new()
    {
        ["group"] = resource.Group, ["kind"] = resource.Kind, ["version"] = resource.Version,
    };

    private static void AddSchema(Schema schema, JsonObject schemas)
    {
        if (schema.TypeName is null || schemas.ContainsKey(schema.TypeName))
            return;
        var properties = new JsonObject();
        schemas[schema.TypeName] = new JsonObject { ["type"] = "object", ["properties"] = properties };
        foreach (var field in schema.Fields.Values.OrderBy(f => f.Name, StringComparer.Ordinal))
            properties[field.Name] = Property(field, schemas);
    }

    private static JsonObject Property(Field field, JsonObject schemas)
    {
        var value = Reference(field.Schema, schemas);
        if (field.Schema.Kind == SchemaKind.List)
        {
            value["x-kubernetes-list-type"] = field.Merge.List.ToString().ToLowerInvariant();
            if (field.Merge.Keys.Count > 0)
                value["x-kubernetes-list-map-keys"] = new JsonArray([.. field.Merge.Keys.Select(k => (JsonNode)k)]);
            if (field.Merge.PatchMergeKey is { } key)
                value["x-kubernetes-patch-merge-key"] = key;
            if (field.Merge.PatchMerge)
                value["x-kubernetes-patch-strategy"] = "merge";
        }

        return value;
    }

    private static JsonObject Reference(Schema schema, JsonObject schemas)
    {
        switch (schema.Kind)
        {
            case SchemaKind.Object:
                AddSchema(schema, schemas);
                return new JsonObject { ["$ref"] = $"#/components/schemas/{schema.TypeName}" };
            case SchemaKind.List:
                return new JsonObject { ["type"] = "array", ["items"] = Reference(schema.Item!, schemas) };
            case SchemaKind.Map:
                return new JsonObject { ["type"] = "object", ["additionalProperties"] = Reference(schema.Item!, schemas) };
            case SchemaKind.NumberOrString:
                return new JsonObject { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) };
            case SchemaKind.Any:
                return [];
            default:
                return new JsonObject { ["type"] = schema.Kind.ToString().ToLowerInvariant() };
        }
    }
}
