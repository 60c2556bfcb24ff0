using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Metrics;

namespace Tandem.Kubernetes.Api.Metrics;

/// <summary>Measurements in the form of objects, as metrics-server writes them. Pure.</summary>
internal static class MetricsObjects
{
    /// <param name="node">The Node.</param>
    /// <param name="report">The last measurement of it.</param>
    public static JsonObject OfNode(JsonObject node, UsageReport report)
    {
        var value = Common(new NodeMetrics(), node, report);
        value["usage"] = Amounts(report.Node);
        return value;
    }

    /// <summary>Null for a pod that does not run, or was not measured.</summary>
    /// <param name="pod">The Pod.</param>
    /// <param name="report">The last measurement of its node.</param>
    public static JsonObject? OfPod(JsonObject pod, UsageReport report)
    {
        if (pod.Text("status", "phase") != "Running" || !report.Pods.TryGetValue(pod.Text("metadata", "uid")!, out var containers))
            return null;
        var value = Common(new PodMetrics(), pod, report);
        value["containers"] = new JsonArray([.. containers
            .OrderBy(c => c.Key, StringComparer.Ordinal)
            .Select(c => new JsonObject { ["name"] = c.Key, ["usage"] = Amounts(c.Value) })]);
        return value;
    }

    private static JsonObject Common(MetricsResource resource, JsonObject measured, UsageReport report)
    {
        var metadata = new JsonObject
        {
            ["name"] = measured.Text("metadata", "name"),
            ["namespace"] = measured.Text("metadata", "namespace"),
            ["creationTimestamp"] = WallClock.Text(report.Timestamp),
            ["labels"] = measured.At("metadata", "labels")?.DeepClone(),
        }.WithoutNulls();
        return new JsonObject
        {
            ["kind"] = resource.Kind,
            ["apiVersion"] = resource.ApiVersion,
            ["metadata"] = metadata,
            ["timestamp"] = WallClock.Text(report.Timestamp),
            ["window"] = string.Create(CultureInfo.InvariantCulture, $"{report.Window.TotalSeconds:0.###}s"),
        };
    }

    private static JsonObject Amounts(Usage usage) => new()
    {
        ["cpu"] = usage.NanoCores == 0 ? "0" : string.Create(CultureInfo.InvariantCulture, $"{usage.NanoCores}n"),
        ["memory"] = string.Create(CultureInfo.InvariantCulture, $"{usage.MemoryBytes / 1024}Ki"),
    };
}
