using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>autoscaling/v1: one target, of the processor. Whatever else an autoscaler has stands in annotations.</summary>
internal sealed class HorizontalPodAutoscalersV1()
    : Resource("autoscaling", "v1", "HorizontalPodAutoscaler", "horizontalpodautoscalers", typeof(V1HorizontalPodAutoscaler))
{
    public override Resource Storage => HorizontalPodAutoscalers.Stored;

    public override IReadOnlyList<string> ShortNames => Storage.ShortNames;

    public override IReadOnlyList<string> Categories => Storage.Categories;

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [.. HorizontalPodAutoscalers.Stored.Columns.Select(c => c with { Value = (o, now) => c.Value(AutoscalerConversion.ToV2(o.Copy()), now) })];

    public override JsonObject FromStorage(JsonObject value) => AutoscalerConversion.ToV1(value);

    public override JsonObject ToStorage(JsonObject value) => AutoscalerConversion.ToV2(value);

    /// <summary>Gives the object the defaults of the stored version: they depend on what the annotations say too.</summary>
    public override void Default(JsonObject value)
    {
        JsonObject full;
        try
        {
            full = ToStorage(value.Copy());
        }
        catch (System.Text.Json.JsonException)
        {
            return; // Validation tells of it.
        }

        Storage.Default(full);
        full = FromStorage(full);
        foreach (var field in new[] { "spec", "status" })
            Keep(field, value, full);
        Keep("annotations", value.Ensure("metadata"), full.Child("metadata")!);
    }

    public override void PrepareForCreate(JsonObject value) => Storage.PrepareForCreate(value);

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        try
        {
            Storage.Validate(ToStorage(value.Copy()), errors);
        }
        catch (System.Text.Json.JsonException e)
        {
            errors.Invalid("metadata.annotations", value.At("metadata", "annotations")?.DeepClone(), e.Message);
        }
    }
}
