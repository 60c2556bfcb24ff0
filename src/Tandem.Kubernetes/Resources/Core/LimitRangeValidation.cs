using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The rules of one limit in a LimitRange.</summary>
internal static class LimitRangeValidation
{
    private static readonly string[] Lists = ["max", "min", "default", "defaultRequest", "maxLimitRequestRatio"];
    private static readonly string[] Standard = ["cpu", "memory", "ephemeral-storage"];

    /// <summary>Each pair, of which the first may not be more than the second: lists, words, and whose field is at fault.</summary>
    private static readonly (string Low, string High, string Field, string LowWord, string HighWord)[] Orders =
    [
        ("min", "max", "min", "min value", "max value"),
        ("min", "defaultRequest", "defaultRequest", "min value", "default request value"),
        ("defaultRequest", "max", "defaultRequest", "default request value", "max value"),
        ("defaultRequest", "default", "defaultRequest", "default request value", "default limit value"),
        ("min", "default", "default", "min value", "default value"),
        ("default", "max", "default", "default value", "max value"),
    ];

    /// <param name="item">The limit.</param>
    /// <param name="at">Its path.</param>
    /// <param name="types">The types of the limits before it.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static void Check(JsonObject item, string at, HashSet<string> types, FieldErrors errors)
    {
        var type = item.Text("type") ?? "";
        if (type.Length == 0)
            errors.Required($"{at}.type");
        else if (type is not ("Container" or "Pod" or "PersistentVolumeClaim") && !type.Contains('/'))
            errors.Invalid($"{at}.type", type, "must be a standard limit type or fully qualified");
        if (!types.Add(type))
            errors.Duplicate($"{at}.type", type);
        foreach (var list in Lists)
            foreach (var (name, value) in item.Child(list) ?? [])
                Entry(type, name, value, $"{at}.{list}[{name}]", errors);
        if (type == "Pod")
            foreach (var list in new[] { "default", "defaultRequest" })
                if (item.Child(list)?.Count > 0)
                    errors.Forbidden($"{at}.{list}", "may not be specified when `type` is 'Pod'");
        if (type == "PersistentVolumeClaim" && item.At("min", "storage") is null && item.At("max", "storage") is null)
            errors.Required($"{at}.limits", "either minimum or maximum storage value is required, but neither was provided");
        foreach (var name in Lists.SelectMany(l => item.Child(l) ?? []).Select(e => e.Key).Distinct().ToList())
            Order(item, name, at, errors);
    }

    private static void Entry(string type, string name, JsonNode? value, string at, FieldErrors errors)
    {
        if (type is "Container" or "Pod" && !Standard.Contains(name) && !name.StartsWith("hugepages-", StringComparison.Ordinal) && !name.Contains('/'))
            errors.Invalid(at, name, type == "Container" ? "must be a standard resource for containers" : "must be a standard resource type or fully qualified");
        if (Quantity.Parse(value) is null)
            errors.Invalid(at, value?.DeepClone(), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
    }

    private static void Order(JsonObject item, string name, string at, FieldErrors errors)
    {
        foreach (var (low, high, field, lowWord, highWord) in Orders)
            if (Amount.Parse(item.At(low, name)) is { } a && Amount.Parse(item.At(high, name)) is { } b && a.Value > b.Value)
                errors.Invalid($"{at}.{field}[{name}]", (field == low ? a : b).ToString(), $"{lowWord} {a} is greater than {highWord} {b}");
        if (Amount.Parse(item.At("maxLimitRequestRatio", name)) is not { } ratio)
            return;
        if (ratio.Value < 1)
            errors.Invalid($"{at}.maxLimitRequestRatio[{name}]", ratio.ToString(), $"ratio {ratio} is less than 1");
        if (Amount.Parse(item.At("min", name)) is { Value: > 0 } min && Amount.Parse(item.At("max", name)) is { } max && ratio.Value > max.Value / min.Value)
            errors.Invalid(
                $"{at}.maxLimitRequestRatio[{name}]",
                ratio.ToString(),
                string.Create(System.Globalization.CultureInfo.InvariantCulture, $"ratio {ratio} is greater than max/min = {max.Value / min.Value:F6}"));
    }
}
