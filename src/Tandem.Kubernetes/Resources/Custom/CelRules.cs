using System.Text.Json.Nodes;
using Cel;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// The rules of x-kubernetes-validations. See
/// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation-rules.
/// </summary>
internal static class CelRules
{
    /// <summary>Whether a schema has a rule anywhere.</summary>
    public static bool AreIn(JsonObject schema) =>
        schema.Items("x-kubernetes-validations").Any()
        || (schema.Child("items") is { } items && AreIn(items))
        || (schema.Child("additionalProperties") is { } additional && AreIn(additional))
        || (schema.Child("properties")?.Select(p => p.Value).OfType<JsonObject>().Any(AreIn) ?? false);

    /// <summary>Checks the rules that look at a value alone.</summary>
    public static void Check(JsonObject value, JsonObject schema, FieldErrors errors) => Check(value, null, schema, "", compare: false, errors);

    /// <summary>Checks the rules that compare a value with the one before.</summary>
    public static void CheckTransition(JsonObject value, JsonObject old, JsonObject schema, FieldErrors errors) =>
        Check(value, old, schema, "", compare: true, errors);

    /// <param name="value">The value; nothing where it is absent.</param>
    /// <param name="old">The value before; null where there was none, or none that can be matched.</param>
    /// <param name="schema">The schema of both.</param>
    /// <param name="path">Where they are; empty for the whole object.</param>
    /// <param name="compare">Whether to check the rules that compare, or all others.</param>
    /// <param name="errors">Gets the rules that are broken.</param>
    private static void Check(JsonNode? value, JsonNode? old, JsonObject schema, string path, bool compare, FieldErrors errors)
    {
        if (value is null || (compare && old is null))
            return;
        var rules = schema.Items("x-kubernetes-validations").ToList();
        if (rules.Count > 0)
        {
            var self = CelValue.Of(value, schema);
            var oldSelf = CelValue.Of(old, schema);
            foreach (var rule in rules)
                CheckRule(rule, self, oldSelf, compare, value, path, errors);
        }

        switch (value)
        {
            case JsonArray list when schema.Child("items") is { } items:
                foreach (var (index, item) in list.Index())
                    Check(item, Matching(item, old as JsonArray, schema), items, $"{path}[{index}]", compare, errors);
                break;
            case JsonObject o:
                foreach (var (name, item) in o)
                    if ((schema.Child("properties", name) ?? schema.Child("additionalProperties")) is { } inner)
                        Check(item, old.At(name), inner, path.Length == 0 ? name : $"{path}.{name}", compare, errors);
                break;
        }
    }

    private static void CheckRule(JsonObject rule, object? self, object? oldSelf, bool compare, JsonNode value, string path, FieldErrors errors)
    {
        var text = rule.Text("rule") ?? "";
        string? broken = null;
        try
        {
            var expression = CelExpression.Compile(text);
            if (expression.UsesOld != compare)
                return;
            if (expression.Evaluate(self, oldSelf) is true)
                return;
            if (rule.Text("messageExpression") is { } message && CelExpression.Compile(message).Evaluate(self, oldSelf) is string { Length: > 0 } made)
                broken = made.Trim();
        }
        catch (CelException e)
        {
            errors.Add(new FieldError("FieldValueInvalid", path.Length == 0 ? "<nil>" : path, $"Invalid value: rule \"{text}\" could not be evaluated: {e.Message}"));
            return;
        }

        broken ??= rule.Text("message") is { Length: > 0 } given ? given.Trim() : $"failed rule: {text.Trim()}";
        var at = (path + rule.Text("fieldPath")).TrimStart('.');
        var field = at.Length == 0 ? "<nil>" : at;
        errors.Add(rule.Text("reason") switch
        {
            "FieldValueRequired" => new FieldError("FieldValueRequired", field, $"Required value: {broken}"),
            "FieldValueForbidden" => new FieldError("FieldValueForbidden", field, $"Forbidden: {broken}"),
            "FieldValueDuplicate" => new FieldError("FieldValueDuplicate", field, $"Duplicate value: {value.ToJsonString()}"),
            _ => new FieldError("FieldValueInvalid", field, $"Invalid value: {broken}"),
        });
    }

    /// <summary>Items of list maps are matched by their keys; those of other lists cannot be.</summary>
    private static JsonNode? Matching(JsonNode? item, JsonArray? old, JsonObject schema)
    {
        if (old is null || schema.Text("x-kubernetes-list-type") != "map")
            return null;
        var keys = schema.Texts("x-kubernetes-list-map-keys").ToList();
        return old.FirstOrDefault(o => keys.All(k => JsonNode.DeepEquals(o.At(k), item.At(k))));
    }
}
