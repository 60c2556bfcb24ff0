using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content.Protobuf;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>Reads bodies: JSON or YAML, bounded in size and depth.</summary>
internal static class RequestBody
{
    /// <summary>kube-apiserver's own limit.</summary>
    public const int MaxBytes = 3 * 1024 * 1024;

    private const int MaxDepth = 128;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = MaxDepth, AllowDuplicateProperties = false };

    /// <param name="request">Whose body.</param>
    /// <param name="kind">What it should be, for messages.</param>
    /// <param name="duplicates">Takes the paths of fields that JSON has twice; null refuses them.</param>
    /// <exception cref="ApiException">413 for one too large, 415 for another format, 400 for one malformed.</exception>
    public static async Task<JsonObject> ReadObjectAsync(HttpRequest request, string kind, ICollection<string>? duplicates = null)
    {
        var bytes = await ReadAsync(request);
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        JsonNode? value;
        switch (MediaType.Of(request))
        {
            case "" or "application/json":
                value = Parse(bytes, kind, text, duplicates);
                break;
            case "application/yaml":
                value = YamlReader.Read(text);
                break;
            case "application/vnd.kubernetes.protobuf":
                value = Protobuf(bytes, kind);
                break;
            default:
                throw ApiException.UnsupportedMediaType("application/json", "application/yaml", "application/vnd.kubernetes.protobuf");
        }

        return value as JsonObject
            ?? throw ApiException.BadRequest($"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: expected an object ({Shorten(text)})");
    }

    private static JsonObject Protobuf(byte[] bytes, string kind)
    {
        try
        {
            return ProtobufDecoder.DecodeEnvelope(bytes) ?? throw ApiException.UnsupportedMediaType("application/json", "application/yaml");
        }
        catch (InvalidDataException e)
        {
            throw ApiException.BadRequest($"the object provided is unrecognized (must be of type {kind}): {e.Message}");
        }
    }

    /// <summary>A body that may be absent, such as the options of a DELETE.</summary>
    public static async Task<JsonObject?> ReadOptionalAsync(HttpRequest request, string kind) =>
        request.ContentLength is 0 || (request.ContentLength is null && !request.Headers.TransferEncoding.Contains("chunked"))
            ? null
            : await ReadObjectAsync(request, kind);

    /// <summary>A patch of any form.</summary>
    public static async Task<JsonNode> ReadPatchAsync(HttpRequest request, bool yaml, ICollection<string>? duplicates = null)
    {
        var bytes = await ReadAsync(request);
        var text = System.Text.Encoding.UTF8.GetString(bytes);
        var value = yaml ? YamlReader.Read(text) : Parse(bytes, "patch", text, duplicates);
        return value ?? throw ApiException.BadRequest("the patch is empty");
    }

    private static async Task<byte[]> ReadAsync(HttpRequest request)
    {
        if (request.ContentLength > MaxBytes)
            throw ApiException.TooLarge(MaxBytes);
        using var buffer = new MemoryStream((int)(request.ContentLength ?? 4096));
        var chunk = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(chunk, request.HttpContext.RequestAborted)) > 0)
        {
            buffer.Write(chunk, 0, read);
            if (buffer.Length > MaxBytes)
                throw ApiException.TooLarge(MaxBytes);
        }

        return buffer.ToArray();
    }

    internal static JsonNode? Parse(byte[] bytes, string kind, string text, ICollection<string>? duplicates = null)
    {
        try
        {
            var value = Parse(bytes, duplicates);
            JsonTexts.Read(value);
            return value;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw ApiException.BadRequest(
                $"the object provided is unrecognized (must be of type {kind}): couldn't get version/kind; json parse error: {e.Message} ({Shorten(text)})");
        }
    }

    /// <summary>Nearly every text has no field twice: only one that fails is read the slow way, which tells why.</summary>
    private static JsonNode? Parse(byte[] bytes, ICollection<string>? duplicates)
    {
        try
        {
            return JsonNode.Parse(bytes, documentOptions: Options);
        }
        catch (JsonException) when (duplicates is not null)
        {
            return DuplicateFields.Read(bytes, Options with { AllowDuplicateProperties = true }, duplicates);
        }
    }

    private static string Shorten(string text) => text.Length > 64 ? text[..64] + "…" : text;
}
