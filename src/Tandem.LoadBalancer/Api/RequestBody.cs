using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Tandem.LoadBalancer.Api;

/// <summary>From the body of a request to an object.</summary>
internal static class RequestBody
{
    /// <summary>What a client sends back as it got it, and the server alone decides.</summary>
    private static readonly string[] ReadOnly =
    [
        "id", "created_on", "modified_on", "disabled_at", "zone_name", "healthy", "failure_reason", "networks", "created_at", "updated_at",
    ];

    /// <summary>The lists whose objects have read-only fields of their own.</summary>
    private static readonly string[] Nested = ["origins", "members"];

    /// <summary>The body as JSON.</summary>
    /// <exception cref="ApiException">It is no object.</exception>
    /// <exception cref="JsonException">It is no JSON, or names a field twice.</exception>
    public static async Task<JsonObject> ReadAsync(HttpContext context) =>
        await JsonNode.ParseAsync(
            context.Request.Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false },
            cancellationToken: context.RequestAborted) as JsonObject
        ?? throw new ApiException(400, Validation.Error("", "The body must be a JSON object: validation failed"));

    /// <summary>The object that a body describes, without what only the server decides.</summary>
    /// <exception cref="ApiException">A field has the wrong type.</exception>
    public static T Parse<T>(JsonObject body, JsonTypeInfo<T> json)
    {
        Strip(body);
        foreach (var item in Nested.SelectMany(list => body[list] as JsonArray ?? []).OfType<JsonObject>())
            Strip(item);
        try
        {
            return body.Deserialize(json)!;
        }
        catch (JsonException e)
        {
            var pointer = (e.Path ?? "$")[1..].Replace('.', '/').Replace("[", "/", StringComparison.Ordinal).Replace("]", "", StringComparison.Ordinal);
            throw ApiException.Invalid(pointer, $"{pointer.Split('/')[^1]} has the wrong type");
        }
    }

    /// <summary>An object with the fields of a body in place of its own; a field that is null takes its default.</summary>
    public static JsonObject Merge<T>(T existing, JsonObject body, JsonTypeInfo<T> json)
    {
        var merged = JsonSerializer.SerializeToNode(existing, json)!.AsObject();
        foreach (var (name, value) in body)
        {
            if (value is null)
                merged.Remove(name);
            else
                merged[name] = value.DeepClone();
        }

        return merged;
    }

    private static void Strip(JsonObject body)
    {
        foreach (var field in ReadOnly)
            body.Remove(field);
    }
}
