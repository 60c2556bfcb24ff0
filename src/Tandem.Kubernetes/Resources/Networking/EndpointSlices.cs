using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Networking;

internal sealed class EndpointSlices() : Resource("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices", typeof(V1EndpointSlice))
{
    private const int Shown = 3;
    private static readonly string[] AddressTypes = ["FQDN", "IPv4", "IPv6"];

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("AddressType", o => o.Text("addressType")),
        TableColumn.Text("Ports", o => Join(o.Items("ports").Select(p => p.Number("port")?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "*"), "<unset>")),
        TableColumn.Text("Endpoints", o => Join(o.Items("endpoints").SelectMany(e => e.Texts("addresses")), "<unset>")),
        TableColumn.Age,
    ];

    public override void Default(JsonObject value)
    {
        foreach (var port in value.Items("ports"))
        {
            port.Default("name", "");
            port.Default("protocol", "TCP");
        }
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.Text("addressType") is not { } type)
            errors.Required("addressType");
        else if (!AddressTypes.Contains(type))
            errors.NotSupported("addressType", type, AddressTypes);
        foreach (var (index, endpoint) in value.Items("endpoints").Index())
            if (!endpoint.Texts("addresses").Any())
                errors.Required($"endpoints[{index}].addresses", "must contain at least 1 address");
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (value.Text("addressType") != old.Text("addressType"))
            errors.Invalid("addressType", value.Text("addressType"), "field is immutable");
    }

    private static string Join(IEnumerable<string> items, string none)
    {
        var all = items.ToList();
        return all.Count == 0 ? none : all.Count <= Shown ? string.Join(',', all) : $"{string.Join(',', all.Take(Shown))} + {all.Count - Shown} more...";
    }
}
