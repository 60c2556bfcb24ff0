using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Networking;

internal sealed class IngressClasses() : Resource("networking.k8s.io", "v1", "IngressClass", "ingressclasses", typeof(V1IngressClass))
{
    public override bool IsNamespaced => false;

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Controller", o => o.Text("spec", "controller")),
        TableColumn.Text("Parameters", o => o.Child("spec", "parameters") is { } p ? $"{p.Text("kind")}/{p.Text("name")}" : null),
        TableColumn.Age,
    ];

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (value.Text("spec", "controller") != old.Text("spec", "controller"))
            errors.Invalid("spec.controller", value.Text("spec", "controller"), "field is immutable");
    }
}
