using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Volumes;

/// <summary>A kind of storage: who makes volumes of it, when, and what becomes of them.</summary>
internal sealed class StorageClasses() : Resource("storage.k8s.io", "v1", "StorageClass", "storageclasses", typeof(V1StorageClass))
{
    public const string DefaultAnnotation = "storageclass.kubernetes.io/is-default-class";

    private const string OldDefaultAnnotation = "storageclass.beta.kubernetes.io/is-default-class";

    public override bool IsNamespaced => false;

    public override IReadOnlyList<string> ShortNames => ["sc"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name with { Value = (o, _) => o.Text("metadata", "name") + (IsDefault(o) ? " (default)" : "") },
        new("Provisioner", (o, _) => o.Text("provisioner") ?? ""),
        new("ReclaimPolicy", (o, _) => o.Text("reclaimPolicy") ?? "Delete"),
        new("VolumeBindingMode", (o, _) => o.Text("volumeBindingMode") ?? "Immediate"),
        new("AllowVolumeExpansion", (o, _) => o.Flag("allowVolumeExpansion") ? "true" : "false"),
        TableColumn.Age,
    ];

    /// <summary>Whether claims that name no class get this one.</summary>
    public static bool IsDefault(JsonObject storageClass) =>
        storageClass.Text("metadata", "annotations", DefaultAnnotation) == "true" || storageClass.Text("metadata", "annotations", OldDefaultAnnotation) == "true";

    public override void Default(JsonObject value)
    {
        value.Default("reclaimPolicy", "Delete");
        value.Default("volumeBindingMode", "Immediate");
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (string.IsNullOrEmpty(value.Text("provisioner")))
            errors.Required("provisioner");
        if (value.Text("reclaimPolicy") is { } policy and not ("Delete" or "Retain"))
            errors.NotSupported("reclaimPolicy", policy, "Delete", "Retain");
        if (value.Text("volumeBindingMode") is { } mode and not ("Immediate" or "WaitForFirstConsumer"))
            errors.NotSupported("volumeBindingMode", mode, "Immediate", "WaitForFirstConsumer");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        foreach (var field in new[] { "parameters", "provisioner", "reclaimPolicy" })
            if (!JsonNode.DeepEquals(value[field], old[field]))
                errors.Forbidden(field, $"updates to {field} are forbidden.");
        if (value.Text("volumeBindingMode") is { } mode && mode != old.Text("volumeBindingMode"))
            errors.Invalid("volumeBindingMode", mode, "field is immutable");
    }
}
