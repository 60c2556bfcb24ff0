using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Tandem.Kubernetes.Api.OpenApi;

/// <summary>
/// Encodes an OpenAPI v2 document in protobuf, as kubectl reads it (the messages of gnostic's openapi.v2). Only what our documents
/// have is encoded. Field numbers: https://github.com/google/gnostic-models/blob/main/openapiv2/OpenAPIv2.proto.
/// </summary>
internal static class GnosticEncoder
{
    public static byte[] Encode(JsonObject document) => Message(w =>
    {
        Text(w, 1, document.Text("swagger"));
        Nested(w, 2, Message(i => { Text(i, 1, document.Text("info", "title")); Text(i, 2, document.Text("info", "version")); }));
        Nested(w, 8, Named(document.Child("paths"), 2, PathItem));
        Nested(w, 9, Named(document.Child("definitions"), 1, Schema));
    });

    private static byte[] Schema(JsonNode? schema) => Message(w =>
    {
        Text(w, 1, schema.Text("$ref"));
        Text(w, 2, schema.Text("format"));
        Text(w, 4, schema.Text("description"));
        foreach (var name in schema.Texts("required"))
            Text(w, 19, name);
        if (schema.Child("additionalProperties") is { } additional)
            Nested(w, 21, Message(a => Nested(a, 1, Schema(additional))));
        if (schema.Text("type") is { } type)
            Nested(w, 22, Message(t => Text(t, 1, type)));
        if (schema.Child("items") is { } items)
            Nested(w, 23, Message(i => Nested(i, 1, Schema(items))));
        if (schema.Child("properties") is { } properties)
            Nested(w, 25, Named(properties, 1, Schema));
        Extensions(w, 31, schema);
    });

    private static byte[] PathItem(JsonNode? item) => Message(w =>
    {
        foreach (var (method, number) in new[] { ("get", 2), ("put", 3), ("post", 4), ("delete", 5), ("patch", 8) })
            if (item.Child(method) is { } operation)
                Nested(w, number, Operation(operation));
    });

    private static byte[] Operation(JsonObject operation) => Message(w =>
    {
        Text(w, 5, operation.Text("operationId"));
        foreach (var parameter in operation.Items("parameters"))
        {
            var query = Message(q => { Text(q, 2, "query"); Text(q, 4, parameter.Text("name")); Text(q, 6, parameter.Text("type")); });

            // ParametersItem.parameter, Parameter.non_body_parameter, NonBodyParameter.query_parameter_sub_schema
            Nested(w, 8, Message(p => Nested(p, 1, Message(n => Nested(n, 2, Message(s => Nested(s, 3, query)))))));
        }

        Extensions(w, 13, operation);
    });

    /// <summary>x-… fields: their values are YAML texts, and JSON is YAML.</summary>
    private static void Extensions(CodedOutputStream output, int number, JsonNode? value)
    {
        foreach (var (name, extension) in (value as JsonObject ?? []).Where(f => f.Key.StartsWith("x-", StringComparison.Ordinal)))
            Nested(output, number, Message(w => { Text(w, 1, name); Nested(w, 2, Message(any => Text(any, 2, extension?.ToJsonString()))); }));
    }

    private static byte[] Named(JsonObject? values, int number, Func<JsonNode?, byte[]> encode) => Message(w =>
    {
        foreach (var (name, value) in values ?? [])
            Nested(w, number, Message(n => { Text(n, 1, name); Nested(n, 2, encode(value)); }));
    });

    private static byte[] Message(Action<CodedOutputStream> write)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            write(output);
        return buffer.ToArray();
    }

    private static void Nested(CodedOutputStream output, int number, byte[] message)
    {
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(message));
    }

    private static void Text(CodedOutputStream output, int number, string? text)
    {
        if (text is null)
            return;
        output.WriteTag(number, WireFormat.WireType.LengthDelimited);
        output.WriteString(text);
    }
}
