using System.IO.Compression;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>Writes answers.</summary>
internal static class Answer
{
    /// <summary>In bytes, as kube-apiserver: shorter answers are not worth the time.</summary>
    private const int CompressFrom = 128 * 1024;

    private static readonly byte[] ItemsField = ",\"items\":["u8.ToArray();
    private static readonly byte[] FirstItem = "{"u8.ToArray();
    private static readonly byte[] NextItem = ",{"u8.ToArray();
    private static readonly byte[] ListEnd = "]}"u8.ToArray();

    public static async Task JsonAsync(HttpContext context, int code, ReadOnlyMemory<byte> json, string contentType = "application/json", string? cacheControl = null)
    {
        Start(context, code, contentType);
        if (cacheControl is not null)
            context.Response.Headers.CacheControl = cacheControl;
        if (context.Request.Query.ContainsKey("pretty") && context.Request.Query["pretty"] != "false")
            json = Encoding.UTF8.GetBytes(JsonNode.Parse(json.Span)!.ToJsonString(Indented) + "\n");
        await WriteAsync(context, json.Length, to => to.WriteAsync(json, context.RequestAborted).AsTask());
    }

    public static Task JsonAsync(HttpContext context, int code, JsonNode value) => JsonAsync(context, code, Utf8Json.Write(value));

    /// <summary>One object in the form that the client accepts.</summary>
    public static Task ObjectAsync(HttpContext context, int code, Resource resource, JsonObject value, IReadOnlyList<string> warnings, TimeProvider time)
    {
        Warn(context, warnings);
        return MediaType.Negotiate(context.Request) switch
        {
            AnswerForm.Table => JsonAsync(context, code, Tables.Of(resource, [value], value.Text("metadata", "resourceVersion"), IncludeObject(context), time)),
            AnswerForm.Metadata => JsonAsync(context, code, Tables.Metadata(value)),
            _ => JsonAsync(context, code, Utf8Json.Write(value)),
        };
    }

    /// <summary>A list: the stored bytes one after the other, but for their kind and apiVersion.</summary>
    public static async Task ListAsync(HttpContext context, Resource resource, IReadOnlyList<StoredObject> objects, JsonObject metadata, TimeProvider time)
    {
        if (MediaType.Negotiate(context.Request) != AnswerForm.Objects)
        {
            await ListAsync(context, resource, objects.Select(o => o.Parse(resource)), metadata, time);
            return;
        }

        var items = objects.Select(o => o.JsonIn(resource)).ToList();
        var head = new JsonObject { ["kind"] = resource.ListKind, ["apiVersion"] = resource.ApiVersion, ["metadata"] = metadata };
        var start = Utf8Json.Write(head).AsMemory()[..^1];
        var prefix = ItemPrefix(resource);
        var length = start.Length + ",\"items\":[".Length + items.Sum(i => i.Length - prefix + 1) + Math.Max(0, items.Count - 1) + "]}".Length;
        if (context.Request.Query.ContainsKey("pretty"))
        {
            using var whole = new MemoryStream(length);
            await WriteListAsync(whole, start, items, prefix);
            await JsonAsync(context, 200, whole.ToArray());
            return;
        }

        Start(context, 200, "application/json");
        await WriteAsync(context, length, to => WriteListAsync(to, start, items, prefix));
    }

    /// <summary>A list of objects that are not stored, or in another form than the stored one.</summary>
    public static Task ListAsync(HttpContext context, Resource resource, IEnumerable<JsonObject> objects, JsonObject metadata, TimeProvider time)
    {
        switch (MediaType.Negotiate(context.Request))
        {
            case AnswerForm.Table:
                var table = Tables.Of(resource, objects, null, IncludeObject(context), time);
                table["metadata"] = metadata;
                return JsonAsync(context, 200, table);
            case AnswerForm.Metadata:
                return JsonAsync(context, 200, new JsonObject
                {
                    ["kind"] = "PartialObjectMetadataList",
                    ["apiVersion"] = "meta.k8s.io/v1",
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. objects.Select(Tables.Metadata)]),
                });
            default:
                return JsonAsync(context, 200, new JsonObject
                {
                    ["kind"] = resource.ListKind,
                    ["apiVersion"] = resource.ApiVersion,
                    ["metadata"] = metadata,
                    ["items"] = new JsonArray([.. objects.Select(WithoutType)]),
                });
        }
    }

    private static JsonObject WithoutType(JsonObject value)
    {
        value.Remove("kind");
        value.Remove("apiVersion");
        return value;
    }

    public static Task StatusAsync(HttpContext context, ApiException refusal)
    {
        if (refusal.RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return JsonAsync(context, refusal.Code, refusal.ToStatus());
    }

    /// <summary>What a subresource that is only done, such as a binding, is answered with.</summary>
    public static Task CreatedAsync(HttpContext context) => JsonAsync(context, 201, new JsonObject
    {
        ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["code"] = 201,
    });

    public static Task SuccessAsync(HttpContext context, Resource resource, JsonObject deleted)
    {
        var details = new JsonObject { ["name"] = deleted.Text("metadata", "name") };
        if (resource.Group.Length > 0)
            details["group"] = resource.Group;
        details["kind"] = resource.Plural;
        details["uid"] = deleted.Text("metadata", "uid");
        return JsonAsync(context, 200, new JsonObject
        {
            ["kind"] = "Status", ["apiVersion"] = "v1", ["metadata"] = new JsonObject(), ["status"] = "Success", ["details"] = details,
        });
    }

    public static async Task TextAsync(HttpContext context, int code, string text)
    {
        Start(context, code, "text/plain; charset=utf-8");
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    public static void Warn(HttpContext context, IReadOnlyList<string> warnings)
    {
        foreach (var warning in warnings)
            context.Response.Headers.Append("Warning", $"299 - \"{warning.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"");
    }

    public static string IncludeObject(HttpContext context) => (string?)context.Request.Query["includeObject"] ?? "Metadata";

    /// <summary>Writes the body: compressed where it is long and the client takes that.</summary>
    private static async Task WriteAsync(HttpContext context, long length, Func<Stream, Task> write)
    {
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        if (length < CompressFrom || !AcceptsGzip(context.Request))
        {
            context.Response.ContentLength = length;
            await write(context.Response.Body);
            return;
        }

        context.Response.Headers.ContentEncoding = "gzip";
        context.Response.Headers.Append("Vary", "Accept-Encoding");
        await using var gzip = new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true);
        await write(gzip);
    }

    private static bool AcceptsGzip(HttpRequest request) =>
        StringWithQualityHeaderValue.TryParseList(request.Headers.AcceptEncoding, out var encodings)
        && encodings.Any(e => e.Value == "gzip" && e.Quality is not 0);

    /// <summary>Copies the parts of a list together before they are written: one write costs more than copying a kilobyte.</summary>
    private static async Task WriteListAsync(Stream to, ReadOnlyMemory<byte> start, IReadOnlyList<byte[]> items, int prefix)
    {
        using var buffer = new ListBuffer(to);
        await buffer.AddAsync(start);
        await buffer.AddAsync(ItemsField);
        for (var i = 0; i < items.Count; i++)
        {
            await buffer.AddAsync(i > 0 ? NextItem : FirstItem);
            await buffer.AddAsync(items[i].AsMemory(prefix));
        }

        await buffer.AddAsync(ListEnd);
        await buffer.FlushAsync();
    }

    /// <summary>Objects begin with kind and apiVersion, which the items of a list do not carry, but for custom kinds.</summary>
    private static int ItemPrefix(Resource resource) => resource.IsCustom
        ? 1
        : Encoding.UTF8.GetByteCount($"{{\"kind\":\"{resource.Kind}\",\"apiVersion\":\"{resource.ApiVersion}\",");

    private static void Start(HttpContext context, int code, string contentType)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = contentType;
        context.Response.Headers.CacheControl = "no-cache, private";
    }

    private static readonly System.Text.Json.JsonSerializerOptions Indented =
        new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
