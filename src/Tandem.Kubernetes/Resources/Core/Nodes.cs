using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Nodes() : Resource("", "v1", "Node", "nodes", typeof(V1Node))
{
    public override IReadOnlyList<string> ShortNames => ["no"];

    public override bool IsNamespaced => false;

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<Subresource> Subresources => [new("proxy", "NodeProxyOptions", ["get"])];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Status", (o, _) => Status(o)),
        TableColumn.Text("Roles", Roles),
        TableColumn.Age,
        TableColumn.Text("Version", o => o.Text("status", "nodeInfo", "kubeletVersion")),
        TableColumn.Text("Internal-IP", o => Address(o, "InternalIP"), 1),
        TableColumn.Text("External-IP", o => Address(o, "ExternalIP"), 1),
        TableColumn.Text("OS-Image", o => o.Text("status", "nodeInfo", "osImage"), 1),
        TableColumn.Text("Kernel-Version", o => o.Text("status", "nodeInfo", "kernelVersion"), 1),
        TableColumn.Text("Container-Runtime", o => o.Text("status", "nodeInfo", "containerRuntimeVersion"), 1),
    ];

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) =>
        new Dictionary<string, string> { ["spec.unschedulable"] = value.Flag("spec", "unschedulable") ? "true" : "false" };

    // A node registers itself together with its status.
    public override void PrepareForCreate(JsonObject value)
    {
    }

    private static string Status(JsonObject node)
    {
        var ready = node.Items("status", "conditions").FirstOrDefault(c => c.Text("type") == "Ready");
        var status = ready.Text("status") switch { "True" => "Ready", null => "Unknown", _ => "NotReady" };
        return node.Flag("spec", "unschedulable") ? status + ",SchedulingDisabled" : status;
    }

    private static string Roles(JsonObject node) => string.Join(',', (node.Child("metadata", "labels") ?? [])
        .Select(l => l.Key)
        .Where(l => l.StartsWith("node-role.kubernetes.io/", StringComparison.Ordinal))
        .Select(l => l["node-role.kubernetes.io/".Length..])
        .Order(StringComparer.Ordinal));

    private static string? Address(JsonObject node, string type) =>
        node.Items("status", "addresses").FirstOrDefault(a => a.Text("type") == type).Text("address");
}
