using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Api.Errors;

/// <summary>Collects everything that is wrong with an object, so that its author hears of all of it at once.</summary>
internal sealed class FieldErrors
{
    private readonly List<FieldError> _errors = [];

    public IReadOnlyList<FieldError> All => _errors;

    public void Required(string field, string why = "") =>
        _errors.Add(new("FieldValueRequired", field, why.Length > 0 ? $"Required value: {why}" : "Required value"));

    public void Invalid(string field, JsonNode? value, string why) =>
        _errors.Add(new("FieldValueInvalid", field, $"Invalid value: {Show(value)}: {why}"));

    public void WrongType(string field, JsonNode? value, string why) =>
        _errors.Add(new("FieldValueTypeInvalid", field, $"Invalid value: {Show(value)}: {why}"));

    public void Forbidden(string field, string why) => _errors.Add(new("FieldValueForbidden", field, $"Forbidden: {why}"));

    public void Duplicate(string field, JsonNode? value) =>
        _errors.Add(new("FieldValueDuplicate", field, $"Duplicate value: {Show(value)}"));

    public void NotFound(string field, JsonNode? value) => _errors.Add(new("FieldValueNotFound", field, $"Not found: {Show(value)}"));

    public void NotSupported(string field, JsonNode? value, params IEnumerable<string> supported) => _errors.Add(new(
        "FieldValueNotSupported",
        field,
        $"Unsupported value: {Show(value)}: supported values: {string.Join(", ", supported.Order(StringComparer.Ordinal).Select(s => $"\"{s}\""))}"));

    public void TooLong(string field, long most) =>
        _errors.Add(new("FieldValueTooLong", field, $"Too long: may not be more than {most} bytes"));

    public void TooMany(string field, long count, long most) =>
        _errors.Add(new("FieldValueTooMany", field, $"Too many: {count}: must have at most {most} items"));

    public void Add(FieldError error) => _errors.Add(error);

    /// <returns>True, for use in conditions.</returns>
    public bool AddAll(FieldErrors others)
    {
        _errors.AddRange(others._errors);
        return true;
    }

    private static string Show(JsonNode? value) => value?.ToJsonString(Shown) ?? "null";

    private static readonly System.Text.Json.JsonSerializerOptions Shown =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
