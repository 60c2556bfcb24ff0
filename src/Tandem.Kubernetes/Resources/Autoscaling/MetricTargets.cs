using System.Globalization;
using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>The column that shows what an autoscaler's metrics are and shall be.</summary>
internal static class MetricTargets
{
    private const int MostShown = 2;
    private const string Unknown = "<unknown>";

    /// <param name="autoscaler">An autoscaling/v2 object.</param>
    public static string Print(JsonObject autoscaler)
    {
        var statuses = autoscaler.Items("status", "currentMetrics").ToList();
        var all = autoscaler.Items("spec", "metrics").Select((m, i) => Of(m, i < statuses.Count ? statuses[i] : null)).ToList();
        if (all.Count == 0)
            return "<none>";
        var shown = string.Join(", ", all.Take(MostShown));
        return all.Count > MostShown ? $"{shown} + {all.Count - MostShown} more..." : shown;
    }

    private static string Of(JsonObject metric, JsonObject? status)
    {
        if (SourceOf(metric.Text("type")) is not { } source)
            return "<unknown type>";
        var target = metric.Child(source, "target");
        var current = status.Child(source, "current");
        if (source is "resource" or "containerResource")
        {
            var name = metric.Text(source, "name");
            return target.At("averageValue") is { } raw
                ? $"{name}: {current.At("averageValue")?.ToString() ?? Unknown}/{raw}"
                : $"{name}: {Percent(current) ?? Unknown}/{Percent(target) ?? "<auto>"}";
        }

        if (source is "pods")
            return $"{current.At("averageValue")?.ToString() ?? Unknown}/{target.At("averageValue")}";
        return target.At("averageValue") is { } average
            ? $"{current.At("averageValue")?.ToString() ?? Unknown}/{average} (avg)"
            : $"{current.At("value")?.ToString() ?? Unknown}/{target.At("value")}";
    }

    /// <summary>The field in which a metric of a type has its source; null for an unknown type.</summary>
    public static string? SourceOf(string? type) => type switch
    {
        "Resource" => "resource", "ContainerResource" => "containerResource", "Pods" => "pods", "Object" => "object", "External" => "external", _ => null,
    };

    private static string? Percent(JsonObject? value) =>
        value.Number("averageUtilization") is { } percent ? string.Create(CultureInfo.InvariantCulture, $"{percent}%") : null;
}
