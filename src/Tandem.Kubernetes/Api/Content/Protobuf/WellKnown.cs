using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Tandem.Kubernetes.Api.Content.Protobuf;

/// <summary>The messages whose JSON is not an object of their fields: quantities, times, and JSON inside protobuf.</summary>
internal static class WellKnown
{
    /// <summary>Each gets the message's bytes and how to decode a JSON schema; null means that there is nothing.</summary>
    public static readonly FrozenDictionary<string, Func<ByteString, Func<ByteString, JsonObject>, JsonNode?>> Decoders =
        new Dictionary<string, Func<ByteString, Func<ByteString, JsonObject>, JsonNode?>>
        {
            ["resource.Quantity"] = (bytes, _) => Read(bytes).Text(1),
            ["util/intstr.IntOrString"] = (bytes, _) => Read(bytes) is var fields && fields.Integer(1) == 1 ? fields.Text(3) : fields.Integer(2),
            ["meta/v1.Time"] = (bytes, _) => Time(Read(bytes), "yyyy-MM-dd'T'HH:mm:ss'Z'"),
            ["meta/v1.MicroTime"] = (bytes, _) => Time(Read(bytes), "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'"),
            ["meta/v1.Duration"] = (bytes, _) => string.Create(CultureInfo.InvariantCulture, $"{Read(bytes).Integer(1) / 1e9}s"),
            ["runtime.RawExtension"] = (bytes, _) => Json(Read(bytes).Bytes(1)),
            ["meta/v1.FieldsV1"] = (bytes, _) => Json(Read(bytes).Bytes(1)),
            ["apiextensions/v1.JSON"] = (bytes, _) => Json(Read(bytes).Bytes(1)),
            ["apiextensions/v1.JSONSchemaPropsOrBool"] = (bytes, schema) => Read(bytes) is var fields && fields.Bytes(2) is { } props ? schema(props) : fields.Integer(1) != 0,
            ["apiextensions/v1.JSONSchemaPropsOrArray"] = (bytes, schema) => Read(bytes) is var fields && fields.Bytes(1) is { } props
                ? schema(props)
                : new JsonArray([.. fields.All(2).Select(b => (JsonNode)schema(b))]),
            ["apiextensions/v1.JSONSchemaPropsOrStringArray"] = (bytes, schema) => Read(bytes) is var fields && fields.Bytes(1) is { } props
                ? schema(props)
                : new JsonArray([.. fields.All(2).Select(b => (JsonNode)b.ToStringUtf8())]),
        }.ToFrozenDictionary();

    private static JsonNode? Time(Fields fields, string format)
    {
        // The zero time is how Go says that there is none.
        var seconds = fields.Integer(1);
        if (seconds == 0 && fields.Integer(2) == 0)
            return null;
        return DateTimeOffset.FromUnixTimeSeconds(seconds).AddTicks(fields.Integer(2) / 100).UtcDateTime.ToString(format, CultureInfo.InvariantCulture);
    }

    private static JsonNode? Json(ByteString? bytes)
    {
        if (bytes is null or { Length: 0 })
            return null;
        var value = JsonNode.Parse(bytes.Span);
        JsonTexts.Read(value);
        return value;
    }

    private static Fields Read(ByteString bytes)
    {
        var fields = new List<(int Number, long Integer, ByteString? Bytes)>();
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            var number = WireFormat.GetTagFieldNumber(tag);
            switch (WireFormat.GetTagWireType(tag))
            {
                case WireFormat.WireType.Varint:
                    fields.Add((number, input.ReadInt64(), null));
                    break;
                case WireFormat.WireType.LengthDelimited:
                    fields.Add((number, 0, input.ReadBytes()));
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return new Fields(fields);
    }

    /// <summary>The fields of a small message.</summary>
    private readonly record struct Fields(List<(int Number, long Integer, ByteString? Bytes)> Items)
    {
        public long Integer(int number) => Items.LastOrDefault(f => f.Number == number).Integer;

        public ByteString? Bytes(int number) => Items.LastOrDefault(f => f.Number == number).Bytes;

        public string Text(int number) => Bytes(number)?.ToStringUtf8() ?? "";

        public IEnumerable<ByteString> All(int number) => Items.Where(f => f.Number == number).Select(f => f.Bytes).OfType<ByteString>();
    }
}
