using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Apps;

internal sealed class ReplicaSets() : Resource("apps", "v1", "ReplicaSet", "replicasets", typeof(V1ReplicaSet))
{
    public override IReadOnlyList<string> ShortNames => ["rs"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasScale => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Integer("Desired", "spec", "replicas"),
        TableColumn.Integer("Current", "status", "replicas"),
        TableColumn.Integer("Ready", "status", "readyReplicas"),
        TableColumn.Age,
        .. PodTemplate.Columns,
    ];

    public override void Default(JsonObject value)
    {
        PodTemplate.Default(value);
        value.Ensure("spec").Default("replicas", 1);
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject { ["replicas"] = 0 };

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        PodTemplate.Check(value, errors);
        if (value.Number("spec", "replicas") is < 0)
            errors.Invalid("spec.replicas", value.At("spec", "replicas")?.DeepClone(), "must be greater than or equal to 0");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors) =>
        PodTemplate.CheckSelectorUnchanged(value, old, errors);

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => new Dictionary<string, string>
    {
        ["status.replicas"] = (value.Number("status", "replicas") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
