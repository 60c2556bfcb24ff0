using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Tandem.Kubernetes.Api.Content.Protobuf;

/// <summary>
/// Decodes Kubernetes' protobuf encoding into the JSON that means the same: one decoder for every kind, driven by
/// <see cref="MessageTable"/>. See https://kubernetes.io/docs/reference/using-api/api-concepts/#protobuf-encoding.
/// </summary>
internal static class ProtobufDecoder
{
    private const int MaxDepth = 128;
    private static readonly byte[] Magic = [(byte)'k', (byte)'8', (byte)'s', 0];

    /// <summary>Decodes an object in its envelope (runtime.Unknown).</summary>
    /// <returns>The object; null for a kind that has no protobuf encoding.</returns>
    /// <exception cref="InvalidDataException">It is not what it says it is.</exception>
    public static JsonObject? DecodeEnvelope(byte[] body)
    {
        if (!body.AsSpan().StartsWith(Magic))
            throw new InvalidDataException("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        try
        {
            var (apiVersion, kind) = ("", "");
            var raw = ByteString.Empty;
            var input = new CodedInputStream(body, Magic.Length, body.Length - Magic.Length);
            for (uint tag; (tag = input.ReadTag()) != 0;)
            {
                switch (WireFormat.GetTagFieldNumber(tag))
                {
                    case 1:
                        (apiVersion, kind) = TypeMeta(input.ReadBytes());
                        break;
                    case 2:
                        raw = input.ReadBytes();
                        break;
                    default:
                        input.SkipLastField();
                        break;
                }
            }

            if (MessageTable.NameOf(apiVersion, kind) is not { } message)
                return null;
            var value = Message(raw, message, 0);
            value.Insert(0, "kind", kind);
            value.Insert(1, "apiVersion", apiVersion);
            return value;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or System.Text.Json.JsonException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new InvalidDataException($"proto: {e.Message}", e);
        }
    }

    private static (string ApiVersion, string Kind) TypeMeta(ByteString bytes)
    {
        var (apiVersion, kind) = ("", "");
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    apiVersion = input.ReadString();
                    break;
                case 2:
                    kind = input.ReadString();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (apiVersion, kind);
    }

    private static JsonObject Message(ByteString bytes, string message, int depth)
    {
        if (depth > MaxDepth)
            throw new InvalidDataException($"proto: nested more than {MaxDepth} deep");
        var fields = MessageTable.Find(message) ?? throw new InvalidDataException($"proto: {message} is not known here");
        var value = new JsonObject();
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            // Fields that a newer client knows are left out, as Go does.
            if (fields.TryGetValue(WireFormat.GetTagFieldNumber(tag), out var field))
                Field(value, field, input, WireFormat.GetTagWireType(tag), depth + 1);
            else
                input.SkipLastField();
        }

        return value;
    }

    private static void Field(JsonObject value, MessageField field, CodedInputStream input, WireFormat.WireType wire, int depth)
    {
        switch (field.Cardinality)
        {
            case Cardinality.Repeated:
                var list = value[field.Name] as JsonArray;
                if (list is null)
                    value[field.Name] = list = [];
                if (field.Type is "i" or "t" && wire == WireFormat.WireType.LengthDelimited)
                    Packed(list, field, input.ReadBytes());
                else
                    list.Add(Value(field, input, wire, depth));
                break;
            case Cardinality.Map:
                var (key, item) = Entry(field, input.ReadBytes(), depth);
                value.Ensure(field.Name)[key] = item;
                break;
            default:
                var single = Value(field, input, wire, depth);
                if (field.Name.Length == 0)
                    Inline(value, single);
                else if (field.Cardinality == Cardinality.Optional || field.IsAlwaysWritten || !IsZero(single))
                    value[field.Name] = single;
                break;
        }
    }

    private static void Inline(JsonObject value, JsonNode? inner)
    {
        foreach (var (name, item) in (inner as JsonObject ?? []).ToList())
        {
            inner!.AsObject().Remove(name);
            value[name] = item;
        }
    }

    private static void Packed(JsonArray list, MessageField field, ByteString bytes)
    {
        var input = bytes.CreateCodedInput();
        while (!input.IsAtEnd)
            list.Add(field.Type == "t" ? input.ReadBool() : input.ReadInt64());
    }

    private static (string Key, JsonNode? Value) Entry(MessageField field, ByteString bytes, int depth)
    {
        var key = "";
        JsonNode? value = field.Type switch { "s" or "b" => "", "i" => 0, "t" => false, "d" => 0.0, _ when field.IsWrapped => new JsonArray(), _ => new JsonObject() };
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    key = input.ReadString();
                    break;
                case 2:
                    value = Value(field, input, WireFormat.GetTagWireType(tag), depth);
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return (key, value);
    }

    private static JsonNode? Value(MessageField field, CodedInputStream input, WireFormat.WireType wire, int depth)
    {
        var wanted = field.Type switch
        {
            "i" or "t" => WireFormat.WireType.Varint,
            "d" => WireFormat.WireType.Fixed64,
            _ => WireFormat.WireType.LengthDelimited,
        };
        if (field.IsWrapped)
            wanted = WireFormat.WireType.LengthDelimited;
        if (wire != wanted)
            throw new InvalidDataException($"proto: wrong wireType = {(int)wire} for field {field.Name}");
        if (field.IsWrapped)
            return Wrapped(field, input.ReadBytes(), depth);
        return field.Type switch
        {
            "i" => input.ReadInt64(),
            "t" => input.ReadBool(),
            "d" => input.ReadDouble(),
            "s" => Encoding.UTF8.GetString(input.ReadBytes().Span),
            "b" => input.ReadBytes().ToBase64(),
            _ when WellKnown.Decoders.TryGetValue(field.Type, out var decode) => decode(input.ReadBytes(), bytes => SchemaProps(bytes, depth)),
            _ => Message(input.ReadBytes(), field.Type, depth),
        };
    }

    private static JsonArray Wrapped(MessageField field, ByteString bytes, int depth)
    {
        var list = new JsonArray();
        var item = field with { Cardinality = Cardinality.One, IsWrapped = false };
        var input = bytes.CreateCodedInput();
        for (uint tag; (tag = input.ReadTag()) != 0;)
            if (WireFormat.GetTagFieldNumber(tag) == 1)
                list.Add(Value(item, input, WireFormat.GetTagWireType(tag), depth));
            else
                input.SkipLastField();
        return list;
    }

    private static JsonObject SchemaProps(ByteString bytes, int depth) => Message(bytes, "apiextensions/v1.JSONSchemaProps", depth);

    private static bool IsZero(JsonNode? value) => value switch
    {
        null => true,
        JsonObject o => o.Count == 0,
        JsonArray a => a.Count == 0,
        JsonValue v => v.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => v.GetValue<string>().Length == 0,
            System.Text.Json.JsonValueKind.False => true,
            System.Text.Json.JsonValueKind.Number => v.ToJsonString() is "0" or "-0",
            _ => false,
        },
        _ => false,
    };
}
