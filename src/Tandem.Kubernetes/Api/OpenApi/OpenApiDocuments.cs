using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Custom;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>
/// Answers /openapi/v2 and /openapi/v3 from the same schemas that validate: kubectl looks there for PATCH, dryRun and
/// fieldValidation, and <c>kubectl explain</c> for the fields. Documents are made when they are asked for and not kept; a hash of what
/// goes into one stands for it, so that clients keep it. See https://kubernetes.io/docs/concepts/overview/kubernetes-api/#openapi-interface-definition.
/// </summary>
internal sealed class OpenApiDocuments(ServedResources served)
{
    private const string V2Protobuf = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

    /// <summary>The index: each group version with the hash of its document.</summary>
    public Task IndexAsync(HttpContext context)
    {
        var paths = new JsonObject();
        foreach (var path in served.All.Select(r => r.GroupVersionPath[1..]).Distinct())
            paths[path] = new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{path}?hash={Hash(path)}" };
        return AnswerAsync(context, "index", "application/json", () => Utf8Json.Write(new JsonObject { ["paths"] = paths }));
    }

    /// <summary>Whether there is a v3 document at "api/v1" or "apis/GROUP/VERSION".</summary>
    public bool Has(string path) => served.All.Any(r => r.GroupVersionPath[1..] == path);

    public async Task V3Async(HttpContext context, string path)
    {
        var hash = Hash(path);
        if (context.Request.Query["hash"].ToString() is { Length: > 0 } asked)
        {
            if (asked != hash)
            {
                context.Response.StatusCode = StatusCodes.Status301MovedPermanently;
                context.Response.Headers.Location = $"/openapi/v3/{path}?hash={hash}";
                return;
            }

            context.Response.Headers.CacheControl = "public, immutable";
        }

        await AnswerAsync(context, path, "application/json", () => Utf8Json.Write(BuildV3(path)));
    }

    public Task V2Async(HttpContext context) =>
        // The media type that kubectl asks for has an @ in it and would not parse as one.
        context.Request.Headers.Accept.ToString().Contains("proto-openapi.spec.v2", StringComparison.Ordinal)
            ? AnswerAsync(context, "v2 protobuf", V2Protobuf, () => GnosticEncoder.Encode(BuildV2()))
            : AnswerAsync(context, "v2", "application/json", () => Utf8Json.Write(BuildV2()));

    private async Task AnswerAsync(HttpContext context, string what, string contentType, Func<byte[]> build)
    {
        var tag = $"\"{Hash(what)}\"";
        var cacheControl = context.Response.Headers.CacheControl;
        context.Response.Headers.ETag = tag;
        context.Response.Headers.Vary = "Accept";
        if (context.Request.Headers.IfNoneMatch.Contains(tag))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        await Answer.JsonAsync(context, 200, build(), contentType, cacheControl.Count > 0 ? cacheControl.ToString() : null);
    }

    /// <summary>A hash of everything that goes into a document: this program, the built-in kinds, and the custom ones.</summary>
    private string Hash(string what)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        hash.AppendData(typeof(OpenApiDocuments).Module.ModuleVersionId.ToByteArray());
        hash.AppendData(Encoding.UTF8.GetBytes(what));
        foreach (var custom in served.All.OfType<CustomResource>().Where(c => !Has(what) || c.GroupVersionPath[1..] == what))
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"\n{custom.ApiVersion} {custom.Kind} {custom.Plural} {custom.HasStatus} {custom.IsNamespaced}\n"));
            hash.AppendData(custom.SchemaHash);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private JsonObject BuildV3(string path)
    {
        var schemas = new SchemaBuilder(Descriptions.Read(), isV3: true);
        var paths = new PathBuilder(isV3: true);
        foreach (var resource in served.All.Where(r => r.GroupVersionPath[1..] == path))
            paths.Add(resource, "#/components/schemas/" + schemas.Add(resource));
        return new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = Info(),
            ["paths"] = paths.Paths,
            ["components"] = new JsonObject { ["schemas"] = schemas.Schemas },
        };
    }

    private JsonObject BuildV2()
    {
        var schemas = new SchemaBuilder(Descriptions.Read(), isV3: false);
        var paths = new PathBuilder(isV3: false);
        foreach (var resource in served.All)
            paths.Add(resource, "#/definitions/" + schemas.Add(resource));
        return new JsonObject { ["swagger"] = "2.0", ["info"] = Info(), ["paths"] = paths.Paths, ["definitions"] = schemas.Schemas };
    }

    private static JsonObject Info() => new() { ["title"] = "Kubernetes", ["version"] = ServerVersion.GitVersion };
}
