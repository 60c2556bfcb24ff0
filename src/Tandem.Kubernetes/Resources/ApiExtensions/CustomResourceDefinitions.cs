using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.ApiExtensions;

/// <summary>Kinds that users declare. Their objects are <see cref="Custom.CustomResource"/>.</summary>
internal sealed class CustomResourceDefinitions()
    : Resource("apiextensions.k8s.io", "v1", "CustomResourceDefinition", Custom.CustomResources.Definitions, typeof(V1CustomResourceDefinition))
{
    /// <summary>Holds a definition until its objects are gone.</summary>
    public const string CleanupFinalizer = "customresourcecleanup.apiextensions.k8s.io";

    public override bool IsNamespaced => false;

    public override IReadOnlyList<string> ShortNames => ["crd", "crds"];

    public override IReadOnlyList<string> Categories => ["api-extensions"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Created At", (o, _) => o.Text("metadata", "creationTimestamp"), "date"),
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        var names = spec.Ensure("names");
        if (names.Text("kind") is { Length: > 0 } kind)
        {
            names.Default("singular", kind.ToLowerInvariant());
            names.Default("listKind", kind + "List");
        }

        spec.Ensure("conversion").Default("strategy", "None");
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject
    {
        ["conditions"] = new JsonArray(),
        ["acceptedNames"] = new JsonObject { ["plural"] = "", ["kind"] = "" },
        ["storedVersions"] = StoredVersions(value, []),
    };

    public override void PrepareForUpdate(JsonObject value, JsonObject old)
    {
        base.PrepareForUpdate(value, old);
        value.Ensure("status")["storedVersions"] = StoredVersions(value, old.Texts("status", "storedVersions"));
    }

    public override void PrepareForDelete(JsonObject value)
    {
        var metadata = value["metadata"]!.AsObject();
        if (metadata.Text("deletionTimestamp") is not null || metadata.Texts("finalizers").Contains(CleanupFinalizer))
            return;
        metadata["finalizers"] = new JsonArray([.. metadata.Texts("finalizers").Append(CleanupFinalizer).Select(f => (JsonNode)f)]);
    }

    public override void Validate(JsonObject value, FieldErrors errors) => CustomResourceDefinitionValidation.Check(value, errors);

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors) =>
        CustomResourceDefinitionValidation.CheckUpdate(value, old, errors);

    /// <summary>Every version that an object may still be stored in.</summary>
    private static JsonArray StoredVersions(JsonObject value, IEnumerable<string> before) =>
        new([.. before.Union(value.Items("spec", "versions").Where(v => v.Flag("storage")).Select(v => v.Text("name") ?? "")).Select(v => (JsonNode)v)]);
}
