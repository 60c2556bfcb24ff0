using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>Between autoscaling/v2 and v1. The annotations are those of the real API, so that objects survive both ways.</summary>
internal static class AutoscalerConversion
{
    private const string Prefix = "autoscaling.alpha.kubernetes.io/";
    private const string Metrics = Prefix + "metrics";
    private const string CurrentMetrics = Prefix + "current-metrics";
    private const string Conditions = Prefix + "conditions";
    private const string Behavior = Prefix + "behavior";

    /// <summary>May change its argument.</summary>
    public static JsonObject ToV1(JsonObject value)
    {
        value["apiVersion"] = "autoscaling/v1";
        var annotations = value.Ensure("metadata").Child("annotations") ?? [];
        var spec = value.Ensure("spec");
        var metrics = spec.Items("metrics").ToList();
        if (metrics.FirstOrDefault(IsCpu)?.Number("resource", "target", "averageUtilization") is { } target)
            spec["targetCPUUtilizationPercentage"] = target;
        Annotate(annotations, Metrics, metrics.Where(m => !(IsCpu(m) && m.At("resource", "target", "averageUtilization") is not null)).Select(MetricShapes.SpecToV1));
        if (spec.Child("behavior") is { } behavior)
            annotations[Behavior] = MetricShapes.Capitalised(behavior)!.ToJsonString();
        spec.Remove("metrics");
        spec.Remove("behavior");

        var status = value.Ensure("status");
        var current = status.Items("currentMetrics").ToList();
        if (current.LastOrDefault(m => IsCpu(m) && m.At("resource", "current", "averageUtilization") is not null) is { } cpu)
            status["currentCPUUtilizationPercentage"] = cpu.Number("resource", "current", "averageUtilization");
        Annotate(annotations, CurrentMetrics, current.Select(MetricShapes.StatusToV1));
        Annotate(annotations, Conditions, status.Items("conditions").Select(c => c.Copy()));
        status.Remove("currentMetrics");
        status.Remove("conditions");
        status.Default("currentReplicas", 0);
        if (annotations.Count > 0 && annotations.Parent is null)
            value["metadata"]!["annotations"] = annotations;
        return value;
    }

    /// <summary>May change its argument.</summary>
    /// <exception cref="System.Text.Json.JsonException">An annotation is not what it should be.</exception>
    public static JsonObject ToV2(JsonObject value)
    {
        value["apiVersion"] = "autoscaling/v2";
        var annotations = value.Child("metadata", "annotations");
        var spec = value.Ensure("spec");
        var metrics = new JsonArray();
        if (spec.Number("targetCPUUtilizationPercentage") is { } target)
            metrics.Add(MetricShapes.CpuUtilization("target", target));
        foreach (var metric in Taken(annotations, Metrics).Select(MetricShapes.SpecToV2))
            metrics.Add(metric);
        if (metrics.Count > 0)
            spec["metrics"] = metrics;
        spec.Remove("targetCPUUtilizationPercentage");
        if (TakenText(annotations, Behavior) is { } behavior)
            spec["behavior"] = MetricShapes.Uncapitalised(JsonNode.Parse(behavior));

        var status = value.Ensure("status");
        var current = Taken(annotations, CurrentMetrics).Select(MetricShapes.StatusToV2).ToList();
        if (current.Count == 0 && status.Number("currentCPUUtilizationPercentage") is { } used)
            current.Add(MetricShapes.CpuUtilization("current", used));
        status.Remove("currentCPUUtilizationPercentage");
        if (current.Count > 0)
            status["currentMetrics"] = new JsonArray([.. current]);
        if (Taken(annotations, Conditions).Select(c => c.Copy()).ToList() is { Count: > 0 } conditions)
            status["conditions"] = new JsonArray([.. conditions]);
        if (annotations is { Count: 0 })
            value["metadata"]!.AsObject().Remove("annotations");
        return value;
    }

    private static bool IsCpu(JsonObject metric) => metric.Text("type") == "Resource" && metric.Text("resource", "name") == "cpu";

    private static void Annotate(JsonObject annotations, string name, IEnumerable<JsonNode> items)
    {
        var list = new JsonArray([.. items]);
        if (list.Count > 0)
            annotations[name] = list.ToJsonString();
    }

    private static List<JsonObject> Taken(JsonObject? annotations, string name) => TakenText(annotations, name) is { } text
        ? [.. (JsonNode.Parse(text) as JsonArray ?? throw new System.Text.Json.JsonException($"{name}: must be a list")).OfType<JsonObject>()]
        : [];

    private static string? TakenText(JsonObject? annotations, string name)
    {
        var text = annotations.Text(name);
        annotations?.Remove(name);
        return text;
    }
}
