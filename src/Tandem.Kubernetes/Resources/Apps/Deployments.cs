using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Apps;

internal sealed class Deployments() : Resource("apps", "v1", "Deployment", "deployments", typeof(V1Deployment))
{
    public override IReadOnlyList<string> ShortNames => ["deploy"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasScale => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Ready", (o, _) => $"{o.Number("status", "readyReplicas") ?? 0}/{o.Number("spec", "replicas") ?? 0}"),
        TableColumn.Integer("Up-to-date", "status", "updatedReplicas") with { Type = "string" },
        TableColumn.Integer("Available", "status", "availableReplicas") with { Type = "string" },
        TableColumn.Age,
        .. PodTemplate.Columns,
    ];

    public override void Default(JsonObject value)
    {
        PodTemplate.Default(value);
        var spec = value.Ensure("spec");
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("progressDeadlineSeconds", 600);
        var strategy = spec.Ensure("strategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") != "RollingUpdate")
            return;
        var rolling = strategy.Ensure("rollingUpdate");
        rolling.Default("maxUnavailable", "25%");
        rolling.Default("maxSurge", "25%");
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.Number("spec", "replicas") is < 0)
            errors.Invalid("spec.replicas", value.At("spec", "replicas")?.DeepClone(), "must be greater than or equal to 0");
        PodTemplate.Check(value, errors);
        var type = value.Text("spec", "strategy", "type");
        if (type is not ("RollingUpdate" or "Recreate"))
            errors.NotSupported("spec.strategy.type", type, "Recreate", "RollingUpdate");
        if (type == "Recreate" && value.Child("spec", "strategy", "rollingUpdate") is not null)
            errors.Forbidden("spec.strategy.rollingUpdate", "may not be specified when strategy `type` is 'Recreate'");
        if (IsZero(value.At("spec", "strategy", "rollingUpdate", "maxUnavailable")) && IsZero(value.At("spec", "strategy", "rollingUpdate", "maxSurge")))
            errors.Invalid("spec.strategy.rollingUpdate.maxUnavailable", 0, "may not be 0 when `maxSurge` is 0");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors) =>
        PodTemplate.CheckSelectorUnchanged(value, old, errors);

    private static bool IsZero(JsonNode? value) => value?.ToString() is "0" or "0%";
}
