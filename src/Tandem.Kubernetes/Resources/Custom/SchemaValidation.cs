using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// Checks a value against an OpenAPI v3 schema, and says what is wrong as kube-apiserver's validator does. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation.
/// </summary>
internal static class SchemaValidation
{
    private static readonly ConcurrentDictionary<string, Regex> Patterns = new();

    /// <param name="value">The value.</param>
    /// <param name="schema">Its schema.</param>
    /// <param name="path">Where it is, such as spec.items[0].</param>
    /// <param name="errors">Gets what is wrong.</param>
    public static void Check(JsonNode? value, JsonObject schema, string path, FieldErrors errors)
    {
        if (value is null)
        {
            if (!schema.Flag("nullable") && schema.Text("type") is { } wanted)
                WrongType(path, wanted, "null", null, errors);
            return;
        }

        if (!HasType(value, schema, path, errors))
            return;
        if (schema["enum"] is JsonArray allowed && !allowed.Any(a => JsonNode.DeepEquals(a, value)))
            errors.NotSupported(path, value.DeepClone(), allowed.Select(a => a is JsonValue v && v.TryGetValue(out string? text) ? text : a?.ToJsonString() ?? "null"));
        switch (value)
        {
            case JsonObject o:
                CheckObject(o, schema, path, errors);
                break;
            case JsonArray a:
                CheckArray(a, schema, path, errors);
                break;
            case JsonValue v when v.GetValueKind() == JsonValueKind.String:
                CheckString(v.GetValue<string>(), schema, path, errors);
                break;
            case JsonValue v when v.GetValueKind() == JsonValueKind.Number:
                CheckNumber(v, schema, path, errors);
                break;
        }

        CheckCombinations(value, schema, path, errors);
    }

    /// <summary>A pattern as Go's RE2 takes it: matched in linear time.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    public static Regex Pattern(string pattern) => Patterns.GetOrAdd(pattern, static p => new Regex(p, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant));

    private static bool HasType(JsonNode value, JsonObject schema, string path, FieldErrors errors)
    {
        var kind = value.GetValueKind();
        if (schema.Flag("x-kubernetes-int-or-string"))
        {
            if (kind is JsonValueKind.String || IsInteger(value))
                return true;
            WrongType(path, "integer,string", TypeName(value), value, errors);
            return false;
        }

        var wanted = schema.Text("type");
        var fits = wanted switch
        {
            "object" => kind == JsonValueKind.Object,
            "array" => kind == JsonValueKind.Array,
            "string" => kind == JsonValueKind.String,
            "boolean" => kind is JsonValueKind.True or JsonValueKind.False,
            "integer" => IsInteger(value),
            "number" => kind == JsonValueKind.Number,
            _ => true,
        };
        if (!fits)
            WrongType(path, wanted!, TypeName(value), value, errors);
        return fits;
    }

    private static void WrongType(string path, string wanted, string actual, JsonNode? value, FieldErrors errors) =>
        errors.WrongType(path, value is JsonValue or null ? value?.DeepClone() ?? "null" : actual, $"{path} in body must be of type {wanted}: \"{actual}\"");

    private static bool IsInteger(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.Number && decimal.TryParse(value.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && number == decimal.Truncate(number);

    private static string TypeName(JsonNode value) => value.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => IsInteger(value) ? "integer" : "number",
        _ => "boolean",
    };

    private static void CheckObject(JsonObject value, JsonObject schema, string path, FieldErrors errors)
    {
        foreach (var name in schema.Texts("required"))
            if (!value.ContainsKey(name))
                errors.Required(Child(path, name));
        if (schema.Number("minProperties") is { } least && value.Count < least)
            errors.Invalid(path, value.Count, $"{path} in body should have at least {least} properties");
        if (schema.Number("maxProperties") is { } most && value.Count > most)
            errors.TooMany(path, value.Count, most);
        var properties = schema.Child("properties");
        foreach (var (name, item) in value)
        {
            if (properties?[name] is JsonObject property)
                Check(item, property, Child(path, name), errors);
            else if (schema["additionalProperties"] is JsonObject additional)
                Check(item, additional, Child(path, name), errors);
        }
    }

    private static void CheckArray(JsonArray value, JsonObject schema, string path, FieldErrors errors)
    {
        if (schema.Number("minItems") is { } least && value.Count < least)
            errors.Invalid(path, value.Count, $"{path} in body should have at least {least} items");
        if (schema.Number("maxItems") is { } most && value.Count > most)
            errors.TooMany(path, value.Count, most);
        if (schema.Child("items") is { } items)
            foreach (var (index, item) in value.Index())
                Check(item, items, $"{path}[{index}]", errors);
        CheckIdentities(value, schema, path, errors);
    }

    /// <summary>Sets have each item once, list maps each key.</summary>
    private static void CheckIdentities(JsonArray value, JsonObject schema, string path, FieldErrors errors)
    {
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToList();
        var type = schema.Text("x-kubernetes-list-type");
        if (type is not ("set" or "map"))
            return;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (index, item) in value.Index())
        {
            var identity = type == "set" || item is not JsonObject o
                ? item?.DeepClone()
                : new JsonObject(keys.Where(o.ContainsKey).Select(k => KeyValuePair.Create(k, o[k]?.DeepClone())));
            if (!seen.Add(identity?.ToJsonString() ?? "null"))
                errors.Duplicate($"{path}[{index}]", identity);
        }
    }

    private static void CheckString(string value, JsonObject schema, string path, FieldErrors errors)
    {
        var length = value.EnumerateRunes().Count();
        if (schema.Number("minLength") is { } least && length < least)
            errors.Invalid(path, value, $"{path} in body should be at least {least} chars long");
        if (schema.Number("maxLength") is { } most && length > most)
            errors.TooLong(path, most);
        if (schema.Text("pattern") is { } pattern && !Pattern(pattern).IsMatch(value))
            errors.Invalid(path, value, $"{path} in body should match '{pattern}'");
        if (schema.Text("format") is { } format && !StringFormats.Fits(value, format))
            errors.Invalid(path, value, $"{path} in body must be of type {format}: \"{value}\"");
    }

    private static void CheckNumber(JsonValue value, JsonObject schema, string path, FieldErrors errors)
    {
        if (!TryDecimal(value, out var number))
            return;
        if (TryDecimal(schema["minimum"], out var least) && (number < least || (schema.Flag("exclusiveMinimum") && number == least)))
            errors.Invalid(path, value.DeepClone(), $"{path} in body should be greater than {(schema.Flag("exclusiveMinimum") ? "" : "or equal to ")}{Text(least)}");
        if (TryDecimal(schema["maximum"], out var most) && (number > most || (schema.Flag("exclusiveMaximum") && number == most)))
            errors.Invalid(path, value.DeepClone(), $"{path} in body should be less than {(schema.Flag("exclusiveMaximum") ? "" : "or equal to ")}{Text(most)}");
        if (TryDecimal(schema["multipleOf"], out var step) && step > 0 && number % step != 0)
            errors.Invalid(path, value.DeepClone(), $"{path} in body should be a multiple of {Text(step)}");
        var range = schema.Text("format") switch { "int32" => (int.MinValue, int.MaxValue), "int64" => (long.MinValue, long.MaxValue), _ => ((long, long)?)null };
        if (range is var (low, high) && (number < low || number > high))
            errors.Invalid(path, value.DeepClone(), $"{path} in body must be of type {schema.Text("format")}: \"{value.ToJsonString()}\"");
    }

    private static void CheckCombinations(JsonNode value, JsonObject schema, string path, FieldErrors errors)
    {
        var all = schema.Items("allOf").ToList();
        if (all.Count > 0 && all.Count(s => Failures(value, s, path, out var why) && errors.AddAll(why)) > 0)
            errors.Invalid(path, "", $"{path} in body must validate all the schemas (allOf)");
        var any = schema.Items("anyOf").ToList();
        if (any.Count > 0 && any.All(s => Failures(value, s, path, out _)))
        {
            errors.Invalid(path, "", $"{path} in body must validate at least one schema (anyOf)");
            Failures(value, any[0], path, out var why);
            errors.AddAll(why);
        }

        var one = schema.Items("oneOf").ToList();
        var valid = one.Count(s => !Failures(value, s, path, out _));
        if (one.Count > 0 && valid != 1)
        {
            errors.Invalid(path, "", $"{path} in body must validate one and only one schema (oneOf). Found {(valid == 0 ? "none" : valid)} valid{(valid == 0 ? "" : " alternatives")}");
            if (valid == 0 && Failures(value, one[0], path, out var why))
                errors.AddAll(why);
        }

        if (schema.Child("not") is { } not && !Failures(value, not, path, out _))
            errors.Invalid(path, "", $"{path} in body must not validate the schema (not)");
    }

    private static bool Failures(JsonNode value, JsonObject schema, string path, out FieldErrors errors)
    {
        errors = new FieldErrors();
        Check(value, schema, path, errors);
        return errors.All.Count > 0;
    }

    private static bool TryDecimal(JsonNode? node, out decimal number)
    {
        number = 0;
        return node is JsonValue && node.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out number);
    }

    private static string Text(decimal number) => number.ToString("0.#############################", CultureInfo.InvariantCulture);

    private static string Child(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}
