using System.Text.Json;
using System.Text.Json.Nodes;
using Cel;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// Checks that a schema is structural: every field has a type, and nothing decides about the shape but properties, items and
/// additionalProperties. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema.
/// </summary>
internal static class StructuralValidation
{
    private static readonly string[] Types = ["array", "boolean", "integer", "number", "object", "string"];

    /// <summary>Parts of JSON Schema that Kubernetes does not have.</summary>
    private static readonly string[] Absent = ["$ref", "$schema", "id", "definitions", "dependencies", "patternProperties", "additionalItems"];

    private static readonly string[] Combinations = ["allOf", "anyOf", "oneOf"];

    /// <summary>What stands inside allOf, anyOf, oneOf and not checks values only; it may not say what is there.</summary>
    private static readonly string[] ShapeOnly =
        ["type", "default", "additionalProperties", "nullable", "description", "x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource", "x-kubernetes-list-type", "x-kubernetes-list-map-keys"];

    public static void CheckRoot(JsonObject schema, string path, FieldErrors errors)
    {
        if (schema.Text("type") is not { Length: > 0 } type)
            errors.Required($"{path}.type", "must not be empty at the root");
        else if (type != "object")
            errors.Invalid($"{path}.type", type, "must be object at the root");
        if (schema.Flag("nullable"))
            errors.Forbidden($"{path}.nullable", "nullable cannot be true at the root");
        Check(schema, path, "", errors);
    }

    private static void Check(JsonObject schema, string path, string missingType, FieldErrors errors)
    {
        var intOrString = schema.Flag("x-kubernetes-int-or-string");
        var type = schema.Text("type");
        if (string.IsNullOrEmpty(type) && missingType.Length > 0 && !intOrString && !schema.Flag("x-kubernetes-preserve-unknown-fields"))
            errors.Required($"{path}.type", missingType);
        if (!string.IsNullOrEmpty(type) && !Types.Contains(type))
            errors.NotSupported($"{path}.type", type, Types);
        if (intOrString && !string.IsNullOrEmpty(type))
            errors.Forbidden($"{path}.type", "must be empty if x-kubernetes-int-or-string is true");
        CheckAbsent(schema, path, errors);
        CheckLists(schema, path, errors);
        CheckRules(schema, path, errors);
        if (schema.Text("pattern") is { } pattern)
            CheckPattern(pattern, $"{path}.pattern", errors);
        if (schema.Child("properties") is not null && schema["additionalProperties"] is { } extra && !(extra is JsonValue v && v.GetValueKind() == JsonValueKind.False))
            errors.Forbidden($"{path}.additionalProperties", "additionalProperties and properties are mutual exclusive");
        if (schema["default"] is { } fallback)
            CheckDefault(fallback, schema, $"{path}.default", errors);

        foreach (var (name, property) in schema.Child("properties") ?? [])
            if (property is JsonObject inner)
                Check(inner, $"{path}.properties[{name}]", "must not be empty for specified object fields", errors);
        if (schema.Child("additionalProperties") is { } additional)
            Check(additional, $"{path}.additionalProperties", "must not be empty for specified object fields", errors);
        if (schema.Child("items") is { } items)
            Check(items, $"{path}.items", "must not be empty for specified array items", errors);
        else if (type == "array")
            errors.Required($"{path}.items", "must be specified");
        CheckCombinations(schema, path, errors);
    }

    private static void CheckAbsent(JsonObject schema, string path, FieldErrors errors)
    {
        foreach (var name in Absent)
            if (schema[name] is not null)
                errors.Forbidden($"{path}.{name}", $"{name} is not supported");
        if (schema.Flag("uniqueItems"))
            errors.Forbidden($"{path}.uniqueItems", "uniqueItems cannot be set to true since the runtime complexity becomes quadratic");
        if (schema["items"] is JsonArray)
            errors.Forbidden($"{path}.items", "items must be a schema object and not an array");
        if (schema["x-kubernetes-preserve-unknown-fields"] is { } keep && !schema.Flag("x-kubernetes-preserve-unknown-fields"))
            errors.Invalid($"{path}.x-kubernetes-preserve-unknown-fields", keep.DeepClone(), "must be true or undefined");
    }

    private static void CheckLists(JsonObject schema, string path, FieldErrors errors)
    {
        var kind = schema.Text("x-kubernetes-list-type");
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToList();
        if (kind is not (null or "atomic" or "set" or "map"))
            errors.NotSupported($"{path}.x-kubernetes-list-type", kind, "atomic", "map", "set");
        if (kind is not null && schema.Text("type") != "array")
            errors.Invalid($"{path}.type", schema.Text("type"), "must be array if x-kubernetes-list-type is specified");
        if (kind == "map" && keys.Count == 0)
            errors.Required($"{path}.x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map");
        if (kind != "map" && keys.Count > 0)
            errors.Forbidden($"{path}.x-kubernetes-list-map-keys", "may not be set if x-kubernetes-list-type is unset or not map");
        var required = schema.Texts("items", "required").ToList();
        foreach (var (index, key) in keys.Index())
        {
            var property = schema.Child("items", "properties", key);
            if (property is null)
                errors.Invalid($"{path}.x-kubernetes-list-map-keys[{index}]", key, "entries must all be names of item properties");
            else if (!required.Contains(key) && property["default"] is null)
                errors.Required($"{path}.items.properties[{key}].default", "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property");
        }

        if (schema.Text("x-kubernetes-map-type") is { } map and not ("atomic" or "granular"))
            errors.NotSupported($"{path}.x-kubernetes-map-type", map, "atomic", "granular");
    }

    private static void CheckRules(JsonObject schema, string path, FieldErrors errors)
    {
        foreach (var (index, rule) in schema.Items("x-kubernetes-validations").Index())
        {
            var at = $"{path}.x-kubernetes-validations[{index}]";
            if (string.IsNullOrWhiteSpace(rule.Text("rule")))
                errors.Required($"{at}.rule", "rule is not specified");
            if (rule.Flag("optionalOldSelf"))
                errors.Forbidden($"{at}.optionalOldSelf", "optional values are not supported here");
            foreach (var field in new[] { "rule", "messageExpression" })
            {
                try
                {
                    if (rule.Text(field) is { Length: > 0 } text)
                        CelExpression.Compile(text);
                }
                catch (CelException e)
                {
                    errors.Invalid($"{at}.{field}", rule.Text(field), $"compilation failed: ERROR: {e.Message}");
                }
            }
        }
    }

    private static void CheckPattern(string pattern, string path, FieldErrors errors)
    {
        try
        {
            SchemaValidation.Pattern(pattern);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            errors.Invalid(path, pattern, $"must be a valid regular expression, but isn't: {e.Message}");
        }
    }

    private static void CheckDefault(JsonNode fallback, JsonObject schema, string path, FieldErrors errors)
    {
        var pruned = new JsonObject { ["value"] = fallback.DeepClone() };
        var unknown = StructuralPruning.Prune(pruned, new JsonObject { ["properties"] = new JsonObject { ["value"] = schema.DeepClone() } });
        if (unknown.Count > 0)
            errors.Invalid(path, fallback.DeepClone(), "must not have unknown fields");
        SchemaValidation.Check(fallback, schema, path, errors);
    }

    private static void CheckCombinations(JsonObject schema, string path, FieldErrors errors)
    {
        foreach (var name in Combinations)
            foreach (var (index, inner) in schema.Items(name).Index())
                CheckValueOnly(inner, $"{path}.{name}[{index}]", schema.Flag("x-kubernetes-int-or-string"), errors);
        if (schema.Child("not") is { } not)
            CheckValueOnly(not, $"{path}.not", intOrString: false, errors);
    }

    private static void CheckValueOnly(JsonObject schema, string path, bool intOrString, FieldErrors errors)
    {
        foreach (var name in ShapeOnly)
            if (schema[name] is not null && !(intOrString && name == "type"))
                errors.Forbidden($"{path}.{name}", "must be empty to be structural");
        CheckAbsent(schema, path, errors);
        if (schema.Text("pattern") is { } pattern)
            CheckPattern(pattern, $"{path}.pattern", errors);
        foreach (var (name, property) in schema.Child("properties") ?? [])
            if (property is JsonObject inner)
                CheckValueOnly(inner, $"{path}.properties[{name}]", intOrString: false, errors);
        if (schema.Child("items") is { } items)
            CheckValueOnly(items, $"{path}.items", intOrString: false, errors);
        CheckCombinations(schema, path, errors);
    }
}
