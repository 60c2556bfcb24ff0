using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Resources.Metrics;

/// <summary>A measurement in the form of an object: read, never written, and not kept. It is named like what it measures.</summary>
internal abstract class MetricsResource(string kind, string plural, Type model) : Resource("metrics.k8s.io", "v1beta1", kind, plural, model)
{
    public override bool IsStored => false;

    public override string Singular => "";

    public override IReadOnlyList<string> Verbs => ["get", "list"];

    public override IReadOnlyList<TableColumn> Columns =>
    [
        TableColumn.Name,
        new("cpu", (o, _) => Cpu(o), Format: "quantity"),
        new("memory", (o, _) => Memory(o), Format: "quantity"),
        new("Window", (o, _) => o.Text("window"), Format: "duration"),
    ];

    protected abstract string Cpu(JsonObject value);

    protected abstract string Memory(JsonObject value);
}
