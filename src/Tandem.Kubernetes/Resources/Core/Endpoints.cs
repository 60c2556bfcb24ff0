using System.Text.Json.Nodes;
using k8s.Models;

namespace Tandem.Kubernetes.Resources.Core;

internal sealed class Endpoints() : Resource("", "v1", "Endpoints", "endpoints", typeof(V1Endpoints))
{
    private const int Shown = 3;

    public override string Singular => "endpoints";

    public override string ListKind => "EndpointsList";

    public override IReadOnlyList<string> ShortNames => ["ep"];

    public override IReadOnlyList<TableColumn> Columns { get; } =
        [TableColumn.Name, TableColumn.Text("Endpoints", Addresses), TableColumn.Age];

    public override void Default(JsonObject value)
    {
        foreach (var port in value.Items("subsets").SelectMany(s => s.Items("ports")))
            port.Default("protocol", "TCP");
    }

    private static string Addresses(JsonObject o)
    {
        var all = o.Items("subsets")
            .SelectMany(s => s.Items("ports").SelectMany(p => s.Items("addresses").Select(a => $"{a.Text("ip")}:{p.Number("port")}")))
            .ToList();
        return all.Count <= Shown ? string.Join(',', all) : $"{string.Join(',', all.Take(Shown))} + {all.Count - Shown} more...";
    }
}
