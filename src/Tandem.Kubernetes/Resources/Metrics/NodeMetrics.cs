using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Metrics;

/// <summary>What a node uses.</summary>
internal sealed class NodeMetrics() : MetricsResource("NodeMetrics", "nodes", typeof(k8s.Models.NodeMetrics))
{
    public override bool IsNamespaced => false;

    protected override string Cpu(JsonObject value) => value.Text("usage", "cpu") ?? "";

    protected override string Memory(JsonObject value) => value.Text("usage", "memory") ?? "";
}
