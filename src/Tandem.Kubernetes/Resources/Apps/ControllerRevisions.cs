using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Apps;

/// <summary>An older or the present template of a DaemonSet or StatefulSet, kept so that a rollout can be undone.</summary>
internal sealed class ControllerRevisions() : Resource("apps", "v1", "ControllerRevision", "controllerrevisions", typeof(V1ControllerRevision))
{
    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Controller", Controller),
        new("Revision", (o, _) => (o.Number("revision") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture)),
        TableColumn.Age,
    ];

    public override void Default(JsonObject value) => value.Default("revision", 0);

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.At("data") is null)
            errors.Required("data", "data is mandatory");
        if (value.Number("revision") is < 0)
            errors.Invalid("revision", value.At("revision")?.DeepClone(), "must be greater than or equal to 0");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(value.At("data"), old.At("data")))
            errors.Invalid("data", value.At("data")?.DeepClone(), "field is immutable");
    }

    private static string? Controller(JsonObject value)
    {
        var owner = value.Items("metadata", "ownerReferences").FirstOrDefault(o => o.Flag("controller"));
        if (owner is null)
            return null;
        var group = owner.Text("apiVersion") is { } version && version.Contains('/') ? "." + version.Split('/')[0] : "";
        return $"{owner.Text("kind")?.ToLowerInvariant()}{group}/{owner.Text("name")}";
    }
}
