using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>The rules of an autoscaler's specification.</summary>
internal static class AutoscalerValidation
{
    private const int LongestWindow = 3600; // seconds
    private const int LongestPeriod = 1800;

    private static readonly string[] Types = ["ContainerResource", "External", "Object", "Pods", "Resource"];
    private static readonly string[] Sources = ["object", "external", "pods", "resource", "containerResource"];

    public static void Check(JsonObject spec, FieldErrors errors)
    {
        var min = spec.Number("minReplicas");
        var max = spec.Number("maxReplicas") ?? 0;
        if (min is < 1)
            errors.Invalid("spec.minReplicas", min, "must be greater than or equal to 1");
        if (max < 1)
            errors.Invalid("spec.maxReplicas", max, "must be greater than 0");
        if (max < min)
            errors.Invalid("spec.maxReplicas", max, "must be greater than or equal to `minReplicas`");
        Reference(spec.Child("scaleTargetRef"), "spec.scaleTargetRef", errors);
        foreach (var (index, metric) in spec.Items("metrics").Index())
            Metric(metric, $"spec.metrics[{index}]", errors);
        foreach (var direction in new[] { "scaleUp", "scaleDown" })
            if (spec.Child("behavior", direction) is { } rules)
                Rules(rules, $"spec.behavior.{direction}", errors);
    }

    private static void Reference(JsonObject? reference, string at, FieldErrors errors)
    {
        foreach (var field in new[] { "kind", "name" })
        {
            var text = reference.Text(field);
            if (string.IsNullOrEmpty(text))
                errors.Required($"{at}.{field}");
            else if (NameRule.PathSegment.Check(text) is { } wrong)
                errors.Invalid($"{at}.{field}", text, wrong);
        }
    }

    private static void Metric(JsonObject metric, string at, FieldErrors errors)
    {
        var type = metric.Text("type");
        if (string.IsNullOrEmpty(type))
            errors.Required($"{at}.type", "must specify a metric source type");
        var expected = MetricTargets.SourceOf(type);
        if (expected is null)
            errors.NotSupported($"{at}.type", type ?? "", Types);
        var present = Sources.Where(s => metric.Child(s) is not null).ToList();
        if (expected is not null && !present.Contains(expected))
            errors.Required($"{at}.{expected}", "must populate information for the given metric source");
        foreach (var other in present.Where(s => s != expected))
            errors.Forbidden($"{at}.{other}", "must populate the given metric source only");
        if (expected is not null && metric.Child(expected) is { } source)
            Source(source, expected, $"{at}.{expected}", errors);
    }

    private static void Source(JsonObject source, string kind, string at, FieldErrors errors)
    {
        var ofResource = kind is "resource" or "containerResource";
        if (ofResource && string.IsNullOrEmpty(source.Text("name")))
            errors.Required($"{at}.name", "must specify a resource name");
        if (kind == "containerResource" && string.IsNullOrEmpty(source.Text("container")))
            errors.Required($"{at}.container", "must specify a container");
        if (!ofResource && string.IsNullOrEmpty(source.Text("metric", "name")))
            errors.Required($"{at}.metric.name", "must specify a metric name");
        if (kind == "object")
            Reference(source.Child("describedObject"), $"{at}.describedObject", errors);
        var target = source.Child("target") ?? [];
        Target(target, $"{at}.target", errors);
        if (kind == "pods" && target["averageValue"] is null)
            errors.Required($"{at}.target.averageValue", "must specify a positive target averageValue");
        if (kind == "object" && target["value"] is null && target["averageValue"] is null)
            errors.Required($"{at}.target.averageValue", "must set either a target value or averageValue");
        if (kind == "external" && target["value"] is null && target["averageValue"] is null)
            errors.Required($"{at}.target.averageValue", "must set either a target value for metric or a per-pod target");
        if (kind == "external" && target["value"] is not null && target["averageValue"] is not null)
            errors.Forbidden($"{at}.target.value", "may not set both a target value for metric and a per-pod target");
        if (ofResource && target["averageUtilization"] is null && target["averageValue"] is null)
            errors.Required($"{at}.target.averageUtilization", "must set either a target raw value or a target utilization");
        if (ofResource && target["averageUtilization"] is not null && target["averageValue"] is not null)
            errors.Forbidden($"{at}.target.averageValue", "may not set both a target raw value and a target utilization");
    }

    private static void Target(JsonObject target, string at, FieldErrors errors)
    {
        var type = target.Text("type");
        if (string.IsNullOrEmpty(type))
            errors.Required($"{at}.type", "must specify a metric target type");
        if (type is not ("Utilization" or "Value" or "AverageValue"))
            errors.Invalid($"{at}.type", type ?? "", "must be either Utilization, Value, or AverageValue");
        foreach (var field in new[] { "value", "averageValue" })
            if (target[field] is { } amount && Quantity.Parse(amount) is null or <= 0)
                errors.Invalid($"{at}.{field}", target[field]!.DeepClone(), "must be positive");
        if (target.Number("averageUtilization") is { } percent and < 1)
            errors.Invalid($"{at}.averageUtilization", percent, "must be greater than 0");
    }

    private static void Rules(JsonObject rules, string at, FieldErrors errors)
    {
        if (rules.Number("stabilizationWindowSeconds") is { } window)
        {
            if (window < 0)
                errors.Invalid($"{at}.stabilizationWindowSeconds", window, "must be greater than or equal to zero");
            if (window > LongestWindow)
                errors.Invalid($"{at}.stabilizationWindowSeconds", window, $"must be less than or equal to {LongestWindow}");
        }

        if (rules.Text("selectPolicy") is { } select and not ("Max" or "Min" or "Disabled"))
            errors.NotSupported($"{at}.selectPolicy", select, "Disabled", "Max", "Min");
        if (rules["tolerance"] is { } tolerance && Quantity.Parse(tolerance) is null or < 0)
            errors.Invalid($"{at}.tolerance", rules["tolerance"]!.DeepClone(), "must be greater than or equal to zero");
        if (!rules.Items("policies").Any())
            errors.Required($"{at}.policies", "must specify at least one Policy");
        foreach (var (index, policy) in rules.Items("policies").Index())
        {
            var path = $"{at}.policies[{index}]";
            if (policy.Text("type") is not ("Percent" or "Pods"))
                errors.NotSupported($"{path}.type", policy.Text("type") ?? "", "Percent", "Pods");
            if (policy.Number("value") is null or <= 0)
                errors.Invalid($"{path}.value", policy.Number("value") ?? 0, "must be greater than zero");
            var period = policy.Number("periodSeconds") ?? 0;
            if (period <= 0)
                errors.Invalid($"{path}.periodSeconds", period, "must be greater than zero");
            if (period > LongestPeriod)
                errors.Invalid($"{path}.periodSeconds", period, $"must be less than or equal to {LongestPeriod}");
        }
    }
}
