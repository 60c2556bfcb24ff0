using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Events() : Resource("", "v1", "Event", "events", typeof(Corev1Event))
{
    public override IReadOnlyList<string> ShortNames => ["ev"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        new("Last Seen", (o, now) => TableColumn.Since(o.Text("series", "lastObservedTime") ?? o.Text("lastTimestamp") ?? o.Text("eventTime"), now)),
        TableColumn.Text("Type", o => o.Text("type")),
        TableColumn.Text("Reason", o => o.Text("reason")),
        TableColumn.Text("Object", o => $"{o.Text("involvedObject", "kind")?.ToLowerInvariant()}/{o.Text("involvedObject", "name")}"),
        TableColumn.Text("Subobject", o => o.Text("involvedObject", "fieldPath"), 1),
        TableColumn.Text("Source", o => o.Text("source", "component") ?? o.Text("reportingComponent"), 1),
        new("Message", (o, _) => o.Text("message")?.Trim()),
        new("First Seen", (o, now) => TableColumn.Since(o.Text("firstTimestamp") ?? o.Text("eventTime"), now), Priority: 1),
        new("Count", (o, _) => (o.Number("count") ?? 1).ToString(System.Globalization.CultureInfo.InvariantCulture), Priority: 1),
        TableColumn.Name with { Priority = 1 },
    ];

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => new Dictionary<string, string>
    {
        ["involvedObject.kind"] = value.Text("involvedObject", "kind") ?? "",
        ["involvedObject.namespace"] = value.Text("involvedObject", "namespace") ?? "",
        ["involvedObject.name"] = value.Text("involvedObject", "name") ?? "",
        ["involvedObject.uid"] = value.Text("involvedObject", "uid") ?? "",
        ["involvedObject.apiVersion"] = value.Text("involvedObject", "apiVersion") ?? "",
        ["involvedObject.resourceVersion"] = value.Text("involvedObject", "resourceVersion") ?? "",
        ["involvedObject.fieldPath"] = value.Text("involvedObject", "fieldPath") ?? "",
        ["reason"] = value.Text("reason") ?? "",
        ["reportingComponent"] = value.Text("reportingComponent") ?? "",
        ["source"] = value.Text("source", "component") ?? "",
        ["type"] = value.Text("type") ?? "",
    };
}
