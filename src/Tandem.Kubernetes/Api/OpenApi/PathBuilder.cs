using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>Makes the paths of a document: clients look there for what can be done with a kind, and with which parameters.</summary>
/// <param name="isV3">OpenAPI v3, else v2.</param>
internal sealed class PathBuilder(bool isV3)
{
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];
    private static readonly string[] ReadParameters = ["continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "watch"];

    private static readonly string[] PatchTypes =
        ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json"];

    public JsonObject Paths { get; } = [];

    /// <param name="resource">The kind.</param>
    /// <param name="schema">A reference to its schema.</param>
    public void Add(Resource resource, string schema)
    {
        var collection = $"{resource.GroupVersionPath}/{(resource.IsNamespaced ? "namespaces/{namespace}/" : "")}{resource.Plural}";
        AddPath(collection, resource, schema, [("list", "get"), ("create", "post"), ("deletecollection", "delete")]);
        AddPath(collection + "/{name}", resource, schema, [("get", "get"), ("update", "put"), ("patch", "patch"), ("delete", "delete")]);
        if (resource.HasStatus)
            AddPath(collection + "/{name}/status", resource, schema, [("get", "get"), ("update", "put"), ("patch", "patch")]);
    }

    private void AddPath(string path, Resource resource, string schema, IEnumerable<(string Verb, string Method)> operations)
    {
        var item = new JsonObject();
        foreach (var (verb, method) in operations.Where(o => resource.Verbs.Contains(o.Verb)))
            item[method] = Operation(resource, verb, method, schema);
        if (item.Count > 0)
            Paths[path] = item;
    }

    private JsonObject Operation(Resource resource, string verb, string method, string schema)
    {
        var operation = new JsonObject
        {
            ["operationId"] = $"{verb}{resource.Group.Split('.')[0]}{resource.Version}{resource.Kind}",
            ["parameters"] = new JsonArray([.. Parameters(verb).Select(p => (JsonNode)Parameter(p))]),
            ["responses"] = new JsonObject { [verb == "create" ? "201" : "200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = verb is "create" ? "post" : verb is "update" ? "put" : verb,
            ["x-kubernetes-group-version-kind"] = SchemaBuilder.GroupVersionKind(resource),
        };
        if (isV3 && method is "post" or "put" or "patch")
            operation["requestBody"] = new JsonObject
            {
                ["required"] = true,
                ["content"] = new JsonObject(method == "patch"
                    ? PatchTypes.Where(t => !resource.IsCustom || !t.Contains("strategic", StringComparison.Ordinal)).Select(t => Body(t, new JsonObject { ["type"] = "object" }))
                    : [Body("application/json", new JsonObject { ["$ref"] = schema })]),
            };
        return operation;
    }

    private static KeyValuePair<string, JsonNode?> Body(string type, JsonObject schema) => KeyValuePair.Create(type, (JsonNode?)new JsonObject { ["schema"] = schema });

    private static IEnumerable<string> Parameters(string verb) => verb switch
    {
        "get" => [],
        "list" => ReadParameters,
        "patch" => [.. WriteParameters, "force"],
        "delete" or "deletecollection" => ["dryRun", "gracePeriodSeconds", "propagationPolicy"],
        _ => WriteParameters,
    };

    private JsonObject Parameter(string name)
    {
        var type = name switch { "force" or "watch" => "boolean", "limit" or "gracePeriodSeconds" => "integer", _ => "string" };
        var parameter = new JsonObject { ["name"] = name, ["in"] = "query", ["uniqueItems"] = true };
        if (isV3)
            parameter["schema"] = new JsonObject { ["type"] = type };
        else
            parameter["type"] = type;
        if (isV3)
            parameter.Remove("uniqueItems");
        return parameter;
    }
}
