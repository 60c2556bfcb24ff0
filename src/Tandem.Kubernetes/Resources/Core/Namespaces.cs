using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Namespaces() : Resource("", "v1", "Namespace", "namespaces", typeof(V1Namespace))
{
    public override IReadOnlyList<string> ShortNames => ["ns"];

    public override bool IsNamespaced => false;

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override NameRule NameRule => NameRule.Label;

    public override IReadOnlyList<Subresource> Subresources => [new("finalize", "Namespace", ["update"])];

    public override IReadOnlyList<string> Verbs => ["create", "delete", "get", "list", "patch", "update", "watch"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.Name, TableColumn.Text("Status", o => o.Text("status", "phase")), TableColumn.Age];

    public override void Default(JsonObject value)
    {
        // The label by which NetworkPolicies select a namespace by its name.
        if (value.Text("metadata", "name") is { Length: > 0 } name)
            value["metadata"]!.AsObject().Ensure("labels")["kubernetes.io/metadata.name"] = name;
    }

    public override void PrepareForCreate(JsonObject value)
    {
        value["spec"] = new JsonObject { ["finalizers"] = new JsonArray("kubernetes") };
        value["status"] = new JsonObject { ["phase"] = "Active" };
    }

    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        base.PrepareForUpdate(value, old);
        Keep("spec", value, old);
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) =>
        new Dictionary<string, string> { ["status.phase"] = value.Text("status", "phase") ?? "" };
}
