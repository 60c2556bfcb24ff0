using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>How much a namespace may use.</summary>
internal sealed class ResourceQuotas() : Resource("", "v1", "ResourceQuota", "resourcequotas", typeof(V1ResourceQuota))
{
    public override IReadOnlyList<string> ShortNames => ["quota"];

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Request", (o, _) => Show(o, limits: false)),
        new("Limit", (o, _) => Show(o, limits: true)),
        TableColumn.Age,
    ];

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject();

    public override void Validate(JsonObject value, FieldErrors errors) => ResourceQuotaValidation.Check(value.Child("spec") ?? [], errors);

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!value.Texts("spec", "scopes").Order().SequenceEqual(old.Texts("spec", "scopes").Order()))
            errors.Invalid("spec.scopes", value.At("spec", "scopes")?.DeepClone(), "field is immutable");
    }

    private static string Show(JsonObject quota, bool limits) => string.Join(", ", (quota.Child("status", "hard") ?? [])
        .Where(h => h.Key.StartsWith("limits.", StringComparison.Ordinal) == limits)
        .OrderBy(h => h.Key, StringComparer.Ordinal)
        .Select(h => $"{h.Key}: {quota.At("status", "used", h.Key)?.ToString() ?? "0"}/{h.Value}"));
}
