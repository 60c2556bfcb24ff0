using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class ConfigMaps() : Resource("", "v1", "ConfigMap", "configmaps", typeof(V1ConfigMap))
{
    public override IReadOnlyList<string> ShortNames => ["cm"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Data", (o, _) => (o.Child("data")?.Count ?? 0) + (o.Child("binaryData")?.Count ?? 0)),
        TableColumn.Age,
    ];

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        DataKeys.Check(value, "data", errors);
        DataKeys.Check(value, "binaryData", errors);
        DataKeys.CheckBase64(value, "binaryData", errors);
        DataKeys.CheckSize(value, errors);
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors) => DataKeys.CheckImmutable(value, old, errors);
}
