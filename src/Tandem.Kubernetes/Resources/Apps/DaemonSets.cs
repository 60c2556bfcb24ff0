using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Apps;

internal sealed class DaemonSets() : Resource("apps", "v1", "DaemonSet", "daemonsets", typeof(V1DaemonSet))
{
    public override IReadOnlyList<string> ShortNames => ["ds"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Integer("Desired", "status", "desiredNumberScheduled"),
        TableColumn.Integer("Current", "status", "currentNumberScheduled"),
        TableColumn.Integer("Ready", "status", "numberReady"),
        TableColumn.Integer("Up-to-date", "status", "updatedNumberScheduled"),
        TableColumn.Integer("Available", "status", "numberAvailable"),
        TableColumn.Text("Node Selector", o => string.Join(',', (o.Child("spec", "template", "spec", "nodeSelector") ?? []).Select(l => $"{l.Key}={l.Value}"))),
        TableColumn.Age,
        .. PodTemplate.Columns,
    ];

    public override void Default(JsonObject value)
    {
        PodTemplate.Default(value);
        var spec = value.Ensure("spec");
        spec.Default("revisionHistoryLimit", 10);
        var strategy = spec.Ensure("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate")
            return;
        var rolling = strategy.Ensure("rollingUpdate");
        rolling.Default("maxUnavailable", 1);
        rolling.Default("maxSurge", 0);
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject
    {
        ["currentNumberScheduled"] = 0, ["numberMisscheduled"] = 0, ["desiredNumberScheduled"] = 0, ["numberReady"] = 0,
    };

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        PodTemplate.Check(value, errors);
        if (value.Text("spec", "updateStrategy", "type") is { } type and not ("RollingUpdate" or "OnDelete"))
            errors.NotSupported("spec.updateStrategy.type", type, "OnDelete", "RollingUpdate");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors) =>
        PodTemplate.CheckSelectorUnchanged(value, old, errors);
}
