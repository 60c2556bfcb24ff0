using System.Text.Json;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Content;

/// <summary>JsonNode reads its texts when they are asked for. Those of a body that are no Unicode are to be found at once, not later.</summary>
internal static class JsonTexts
{
    /// <exception cref="InvalidOperationException">A name or a text is no Unicode.</exception>
    public static void Read(JsonNode? value)
    {
        if (value is JsonObject o)
            foreach (var (_, field) in o)
                Read(field);
        else if (value is JsonArray a)
            foreach (var item in a)
                Read(item);
        else if (value?.GetValueKind() == JsonValueKind.String)
            value.GetValue<string>();
    }
}
