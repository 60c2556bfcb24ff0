using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>What ConfigMaps and Secrets share: keys, size and immutability of their data.</summary>
internal static class DataKeys
{
    private const int MaxBytes = 1024 * 1024;

    private static readonly string[] DataFields = ["data", "binaryData", "stringData"];

    public static void Check(JsonObject value, string field, FieldErrors errors)
    {
        foreach (var (key, _) in value.Child(field) ?? [])
            if (key.Length is 0 or > 253 || key is "." or ".." || key.StartsWith("..", StringComparison.Ordinal)
                || !key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.'))
                errors.Invalid($"{field}[{key}]", key, "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')");
    }

    public static void CheckBase64(JsonObject value, string field, FieldErrors errors)
    {
        foreach (var (key, item) in value.Child(field) ?? [])
            if (item is not null && !Convert.TryFromBase64String((string)item!, new byte[((string)item!).Length], out _))
                errors.Invalid($"{field}[{key}]", "<omitted>", "illegal base64 data");
    }

    public static void CheckSize(JsonObject value, FieldErrors errors)
    {
        var size = DataFields.SelectMany(f => value.Child(f) ?? []).Sum(d => ((string?)d.Value)?.Length ?? 0);
        if (size > MaxBytes)
            errors.Invalid("data", "<omitted>", $"Too long: may not be more than {MaxBytes} bytes");
    }

    public static void CheckImmutable(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!old.Flag("immutable"))
            return;
        if (!value.Flag("immutable"))
            errors.Forbidden("immutable", "field is immutable when `immutable` is set");
        foreach (var field in DataFields)
            if (!JsonNode.DeepEquals(value[field], old[field]))
                errors.Forbidden(field, "field is immutable when `immutable` is set");
    }
}
