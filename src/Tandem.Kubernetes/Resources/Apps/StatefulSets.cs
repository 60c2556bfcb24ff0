using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Apps;

internal sealed class StatefulSets() : Resource("apps", "v1", "StatefulSet", "statefulsets", typeof(V1StatefulSet))
{
    private static readonly string[] MutableSpec =
        ["replicas", "ordinals", "template", "updateStrategy", "revisionHistoryLimit", "persistentVolumeClaimRetentionPolicy", "minReadySeconds"];

    public override IReadOnlyList<string> ShortNames => ["sts"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasScale => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Ready", (o, _) => $"{o.Number("status", "readyReplicas") ?? 0}/{o.Number("spec", "replicas") ?? 0}"),
        TableColumn.Age,
        TableColumn.Text("Containers", PodTemplate.Containers, 1),
        TableColumn.Text("Images", PodTemplate.Images, 1),
    ];

    public override void Default(JsonObject value)
    {
        PodTemplate.Default(value);
        var spec = value.Ensure("spec");
        spec.Default("replicas", 1);
        spec.Default("revisionHistoryLimit", 10);
        spec.Default("podManagementPolicy", "OrderedReady");
        var strategy = spec.Ensure("updateStrategy");
        strategy.Default("type", "RollingUpdate");
        if (strategy.Text("type") == "RollingUpdate")
            strategy.Ensure("rollingUpdate").Default("partition", 0);
        var retention = spec.Ensure("persistentVolumeClaimRetentionPolicy");
        retention.Default("whenDeleted", "Retain");
        retention.Default("whenScaled", "Retain");
        foreach (var claim in spec.Items("volumeClaimTemplates"))
        {
            claim.Default("apiVersion", "v1");
            claim.Default("kind", "PersistentVolumeClaim");
            PersistentVolumeClaims.ApplyDefaults(claim);
        }
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject { ["replicas"] = 0, ["availableReplicas"] = 0 };

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        PodTemplate.Check(WithClaims(value), errors, "statefulset");
        var spec = value.Child("spec");
        if (spec.Text("podManagementPolicy") is { } management and not ("OrderedReady" or "Parallel"))
            errors.Invalid("spec.podManagementPolicy", management, "must be 'OrderedReady' or 'Parallel'");
        if (spec.Text("updateStrategy", "type") is { } type and not ("RollingUpdate" or "OnDelete"))
            errors.Invalid("spec.updateStrategy", spec.At("updateStrategy")?.DeepClone(), "must be 'RollingUpdate' or 'OnDelete'");
        if (spec.Text("updateStrategy", "type") == "OnDelete" && spec.At("updateStrategy", "rollingUpdate") is not null)
            errors.Invalid("spec.updateStrategy.rollingUpdate", spec.At("updateStrategy", "rollingUpdate")?.DeepClone(), "only allowed for updateStrategy 'RollingUpdate'");
        foreach (var path in new string[][] { ["replicas"], ["minReadySeconds"], ["ordinals", "start"], ["updateStrategy", "rollingUpdate", "partition"] })
            if (spec.Number(path) is < 0)
                errors.Invalid("spec." + string.Join('.', path), spec.At(path)?.DeepClone(), "must be greater than or equal to 0");
        foreach (var when in new[] { "whenDeleted", "whenScaled" })
            if (spec.Text("persistentVolumeClaimRetentionPolicy", when) is { } policy and not ("Retain" or "Delete"))
                errors.NotSupported($"spec.persistentVolumeClaimRetentionPolicy.{when}", policy, "Delete", "Retain");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(Fixed(value), Fixed(old)))
            errors.Forbidden(
                "spec",
                "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden");
    }

    /// <summary>As its pods will be: each has a volume for every template of a claim.</summary>
    private static JsonObject WithClaims(JsonObject value)
    {
        var copy = value.Copy();
        if (copy.Child("spec", "template", "spec") is not { } pod)
            return copy;
        var claims = copy.Items("spec", "volumeClaimTemplates").Select(c => c.Text("metadata", "name")).OfType<string>().ToList();
        pod["volumes"] = new JsonArray(
        [
            .. pod.Items("volumes").Where(v => !claims.Contains(v.Text("name") ?? "")).Select(v => v.Copy()),
            .. claims.Select(c => new JsonObject { ["name"] = c, ["persistentVolumeClaim"] = new JsonObject { ["claimName"] = c } }),
        ]);
        return copy;
    }

    private static JsonObject Fixed(JsonObject value)
    {
        var spec = value.Child("spec")?.Copy() ?? [];
        foreach (var name in MutableSpec)
            spec.Remove(name);
        return spec;
    }
}
