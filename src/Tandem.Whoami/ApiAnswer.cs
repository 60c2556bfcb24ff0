using System.Text.Json.Serialization;

namespace Tandem.Whoami;

/// <summary>The answer of <c>/api</c>; the order of members is the order in the JSON.</summary>
internal sealed record ApiAnswer(
    string Hostname,
    IReadOnlyList<string> Ip,
    IReadOnlyDictionary<string, string[]> Headers,
    string Url,
    string Host,
    string Method,
    string? Name,
    string RemoteAddr);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(ApiAnswer))]
internal sealed partial class ApiAnswerContext : JsonSerializerContext;
