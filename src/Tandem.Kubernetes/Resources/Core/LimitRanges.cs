using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>What a single container, pod or claim may ask for, and what it gets where it does not ask.</summary>
internal sealed class LimitRanges() : Resource("", "v1", "LimitRange", "limitranges", typeof(V1LimitRange))
{
    public override IReadOnlyList<string> ShortNames => ["limits"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.Name, new("Created At", (o, _) => o.Text("metadata", "creationTimestamp"), "date")];

    public override void Default(JsonObject value)
    {
        foreach (var item in value.Items("spec", "limits").Where(i => i.Text("type") == "Container"))
        {
            Fill(item, "default", "max");
            Fill(item, "defaultRequest", "default");
            Fill(item, "defaultRequest", "min");
        }
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        var types = new HashSet<string>();
        foreach (var (index, item) in value.Items("spec", "limits").Index())
            LimitRangeValidation.Check(item, $"spec.limits[{index}]", types, errors);
    }

    private static void Fill(JsonObject item, string name, string from)
    {
        foreach (var (resource, amount) in (item.Child(from) ?? []).ToList())
            item.Ensure(name).Default(resource, amount!.DeepClone());
    }
}
