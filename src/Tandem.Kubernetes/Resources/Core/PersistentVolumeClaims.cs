using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>A request for storage.</summary>
internal sealed class PersistentVolumeClaims() : Resource("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims", typeof(V1PersistentVolumeClaim))
{
    public override IReadOnlyList<string> ShortNames => ["pvc"];

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Status", (o, _) => o.Text("metadata", "deletionTimestamp") is null ? o.Text("status", "phase") ?? "" : "Terminating"),
        new("Volume", (o, _) => o.Text("spec", "volumeName") ?? ""),
        new("Capacity", (o, _) => o.Text("status", "capacity", "storage") ?? ""),
        new("Access Modes", (o, _) => AccessModes.Print(o.Texts("status", "accessModes"))),
        new("StorageClass", (o, _) => o.Text("spec", "storageClassName") ?? ""),
        TableColumn.Text("VolumeAttributesClass", o => o.Text("spec", "volumeAttributesClassName") ?? "<unset>"),
        TableColumn.Age,
        TableColumn.Text("VolumeMode", o => o.Text("spec", "volumeMode") ?? "<unset>", 1),
    ];

    /// <summary>The defaults, for claims and for the templates of claims in a StatefulSet.</summary>
    public static void ApplyDefaults(JsonObject claim)
    {
        claim.Ensure("spec").Default("volumeMode", "Filesystem");
        claim.Ensure("status").Default("phase", "Pending");
    }

    public override void Default(JsonObject value) => ApplyDefaults(value);

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        AccessModes.Check(value.Child("spec") ?? [], "at least 1 access mode is required", errors);
        if (value.At("spec", "resources", "requests", "storage") is not { } storage)
            errors.Required("spec.resources[storage]");
        else if (Quantity.Parse(storage) is null or <= 0)
            errors.Invalid("spec.resources[storage]", storage.DeepClone(), "must be greater than zero");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(Fixed(value, old), Fixed(old, old)))
            errors.Forbidden("spec", "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims");
        else if (Quantity.Parse(value.At("spec", "resources", "requests", "storage")) < Quantity.Parse(old.At("status", "capacity", "storage")))
            errors.Forbidden("spec.resources.requests.storage", "field can not be less than status.capacity");
    }

    /// <summary>What never changes: all but the size, and the volume once the claim is bound.</summary>
    private static JsonObject Fixed(JsonObject value, JsonObject old)
    {
        var spec = value.Child("spec")?.Copy() ?? [];
        if (old.Text("status", "phase") == "Bound")
            spec.Child("resources")?.Remove("requests");
        if (string.IsNullOrEmpty(old.Text("spec", "volumeName")))
            spec.Remove("volumeName");
        return spec;
    }
}
