using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>A piece of storage, which a claim can have for itself.</summary>
internal sealed class PersistentVolumes() : Resource("", "v1", "PersistentVolume", "persistentvolumes", typeof(V1PersistentVolume))
{
    /// <summary>The fields of a specification that are no source of storage.</summary>
    private static readonly string[] NoSource =
    [
        "accessModes", "capacity", "claimRef", "mountOptions", "nodeAffinity", "persistentVolumeReclaimPolicy", "storageClassName",
        "volumeAttributesClassName", "volumeMode",
    ];

    public override bool IsNamespaced => false;

    public override IReadOnlyList<string> ShortNames => ["pv"];

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Capacity", (o, _) => o.At("spec", "capacity", "storage")?.ToString() ?? ""),
        new("Access Modes", (o, _) => AccessModes.Print(o.Texts("spec", "accessModes"))),
        new("Reclaim Policy", (o, _) => o.Text("spec", "persistentVolumeReclaimPolicy") ?? ""),
        new("Status", (o, _) => o.Text("metadata", "deletionTimestamp") is null ? o.Text("status", "phase") ?? "" : "Terminating"),
        new("Claim", (o, _) => o.Child("spec", "claimRef") is { } c ? $"{c.Text("namespace")}/{c.Text("name")}" : ""),
        new("StorageClass", (o, _) => o.Text("spec", "storageClassName") ?? ""),
        new("VolumeAttributesClass", (o, _) => o.Text("spec", "volumeAttributesClassName") ?? "<unset>"),
        new("Reason", (o, _) => o.Text("status", "reason") ?? ""),
        TableColumn.Age,
        new("VolumeMode", (o, _) => o.Text("spec", "volumeMode") ?? "<unset>", Priority: 1),
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.Default("persistentVolumeReclaimPolicy", "Retain");
        spec.Default("volumeMode", "Filesystem");
        spec.Child("hostPath")?.Default("type", "");
        value.Ensure("status").Default("phase", "Pending");
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        var spec = value.Child("spec") ?? [];
        AccessModes.Check(spec, "", errors);
        if (spec.At("capacity", "storage") is not { } size)
            errors.NotSupported("spec.capacity", spec["capacity"]?.DeepClone(), "storage");
        else if (Quantity.Parse(size) is null or <= 0)
            errors.Invalid("spec.capacity[storage]", size.DeepClone(), "must be greater than zero");
        if (spec.Text("persistentVolumeReclaimPolicy") is { } policy and not ("Delete" or "Recycle" or "Retain"))
            errors.NotSupported("spec.persistentVolumeReclaimPolicy", policy, "Delete", "Recycle", "Retain");
        if (spec.Text("volumeMode") is { } mode and not ("Block" or "Filesystem"))
            errors.NotSupported("spec.volumeMode", mode, "Block", "Filesystem");
        if (spec.Text("storageClassName") is { Length: > 0 } name && NameRule.Subdomain.Check(name) is { } wrong)
            errors.Invalid("spec.storageClassName", name, wrong);
        Source(spec, errors);
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(SourceOf(value), SourceOf(old)))
            errors.Forbidden("spec.persistentvolumesource", "spec.persistentvolumesource is immutable after creation");
        if (value.Text("spec", "volumeMode") != old.Text("spec", "volumeMode"))
            errors.Invalid("spec.volumeMode", value.Text("spec", "volumeMode"), "field is immutable");
        if (old.At("spec", "nodeAffinity") is { } affinity && !JsonNode.DeepEquals(value.At("spec", "nodeAffinity"), affinity))
            errors.Invalid("spec.nodeAffinity", value.At("spec", "nodeAffinity")?.DeepClone(), "field is immutable");
    }

    private static void Source(JsonObject spec, FieldErrors errors)
    {
        var sources = spec.Select(f => f.Key).Except(NoSource).ToList();
        if (sources.Count == 0)
            errors.Required("spec", "must specify a volume type");
        foreach (var other in sources.Skip(1))
            errors.Forbidden($"spec.{other}", "may not specify more than 1 volume type");
        if (spec.Child("local") is { } local)
        {
            if (string.IsNullOrEmpty(local.Text("path")))
                errors.Required("spec.local.path");
            if (spec.Child("nodeAffinity") is null)
                errors.Required("spec.nodeAffinity", "Local volume requires node affinity");
        }

        if (spec.Child("hostPath") is { } hostPath)
        {
            if (string.IsNullOrEmpty(hostPath.Text("path")))
                errors.Required("spec.hostPath.path");
            else if (hostPath.Text("path")!.Split('/').Contains(".."))
                errors.Invalid("spec.hostPath.path", hostPath.Text("path"), "must not contain '..'");
        }
    }

    private static JsonObject SourceOf(JsonObject value) =>
        new((value.Child("spec") ?? []).Where(f => !NoSource.Contains(f.Key)).Select(f => KeyValuePair.Create(f.Key, f.Value?.DeepClone())));
}
