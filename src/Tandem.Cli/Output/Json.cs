using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cli.Output;

/// <summary>What -o json prints: one object, camelCase, times in RFC 3339.</summary>
internal static class Json
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static void Print<T>(T value) => Console.WriteLine(Text(value));

    public static string Text<T>(T value) => JsonSerializer.Serialize(value, Options);

    /// <exception cref="JsonException">It is not one.</exception>
    public static T? Read<T>(string text) => JsonSerializer.Deserialize<T>(text, Options);
}
