using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Metrics;

/// <summary>What the containers of a pod use.</summary>
internal sealed class PodMetrics() : MetricsResource("PodMetrics", "pods", typeof(k8s.Models.PodMetrics))
{
    protected override string Cpu(JsonObject value) => string.Create(CultureInfo.InvariantCulture, $"{(long)(Sum(value, "cpu") * 1_000_000_000)}n");

    protected override string Memory(JsonObject value) => string.Create(CultureInfo.InvariantCulture, $"{(long)(Sum(value, "memory") / 1024)}Ki");

    private static decimal Sum(JsonObject value, string resource) =>
        value.Items("containers").Sum(c => Quantity.Parse(c.At("usage", resource)) ?? 0);
}
