using System.Text.Json;

namespace Tandem.LoadBalancer.Api;

/// <summary>
/// Cloudflare's fields that the embedded load balancer does not honour. A value that asks for nothing, its default, passes and
/// is answered, as Cloudflare answers it; any other is refused. To support a field, take it out and give it a property.
/// </summary>
internal sealed class UnsupportedFields
{
    private readonly JsonElement _neutral;

    /// <param name="neutral">A JSON object: each field with the value that asks for nothing; null where only null does.</param>
    public UnsupportedFields(string neutral)
    {
        _neutral = JsonElement.Parse(neutral);
        Defaults = _neutral.EnumerateObject().ToDictionary(field => field.Name, field => field.Value);
    }

    /// <summary>What is answered.</summary>
    public IDictionary<string, JsonElement> Defaults { get; }

    /// <summary>Refuses every value that asks for something, and every field that nobody knows.</summary>
    public void Validate(IDictionary<string, JsonElement>? fields, Validation errors, string pointer = "")
    {
        foreach (var (name, value) in fields ?? new Dictionary<string, JsonElement>())
        {
            if (!_neutral.TryGetProperty(name, out var neutral))
                errors.Require(false, $"{pointer}/{name}", $"{name} is no known field: validation failed");
            else
                Validate(name, value, neutral, $"{pointer}/{name}", errors);
        }
    }

    private static void Validate(string name, JsonElement value, JsonElement neutral, string pointer, Validation errors)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;
        if (value.ValueKind != JsonValueKind.Object || neutral.ValueKind != JsonValueKind.Object)
        {
            errors.Require(JsonElement.DeepEquals(value, neutral), pointer, Message(name));
            return;
        }

        foreach (var field in value.EnumerateObject())
        {
            if (neutral.TryGetProperty(field.Name, out var inner))
                Validate(field.Name, field.Value, inner, $"{pointer}/{field.Name}", errors);
            else
                errors.Require(false, pointer, Message(name));
        }
    }

    private static string Message(string field) => $"{field} is not supported by the embedded load balancer: validation failed";
}
