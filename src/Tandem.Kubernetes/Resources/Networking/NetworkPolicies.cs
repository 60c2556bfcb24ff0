using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Networking;

internal sealed class NetworkPolicies() : Resource("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies", typeof(V1NetworkPolicy))
{
    private static readonly string[] Protocols = ["SCTP", "TCP", "UDP"];

    public override IReadOnlyList<string> ShortNames => ["netpol"];

    public override bool HasGeneration => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Text("Pod-Selector", o => o.Child("spec", "podSelector") is { } s ? LabelSelector.FromObject(s).ToString() : null),
        TableColumn.Age,
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        if (spec["policyTypes"] is null)
            spec["policyTypes"] = spec.Items("egress").Any() ? new JsonArray("Ingress", "Egress") : new JsonArray("Ingress");
        foreach (var port in spec.Items("ingress").Concat(spec.Items("egress")).SelectMany(r => r.Items("ports")))
            port.Default("protocol", "TCP");
    }

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        foreach (var direction in new[] { "ingress", "egress" })
            foreach (var (index, rule) in value.Items("spec", direction).Index())
            {
                foreach (var (number, port) in rule.Items("ports").Index())
                    Port(port, $"spec.{direction}[{index}].ports[{number}]", errors);
                var peers = direction == "ingress" ? "from" : "to";
                foreach (var (number, peer) in rule.Items(peers).Index())
                    Peer(peer, $"spec.{direction}[{index}].{peers}[{number}]", errors);
            }

        foreach (var type in value.Texts("spec", "policyTypes"))
            if (type is not ("Ingress" or "Egress"))
                errors.NotSupported("spec.policyTypes", type, "Ingress", "Egress");
    }

    private static void Port(JsonObject port, string at, FieldErrors errors)
    {
        if (port.Text("protocol") is { } protocol && !Protocols.Contains(protocol))
            errors.NotSupported($"{at}.protocol", protocol, Protocols);
        if (port.Number("port") is < 1 or > 65535)
            errors.Invalid($"{at}.port", port.At("port")?.DeepClone(), "must be between 1 and 65535, inclusive");
        if (port.Number("endPort") is { } end && (port.Number("port") is not { } start || end < start))
            errors.Invalid($"{at}.endPort", end, "must be greater than or equal to `port`");
    }

    private static void Peer(JsonObject peer, string at, FieldErrors errors)
    {
        if (peer.Child("podSelector") is null && peer.Child("namespaceSelector") is null && peer.Child("ipBlock") is null)
            errors.Required(at, "must specify a peer");
        if (peer.Child("ipBlock") is not { } block)
            return;
        if (peer.Child("podSelector") is not null || peer.Child("namespaceSelector") is not null)
            errors.Forbidden(at, "may not specify both ipBlock and another peer");
        foreach (var cidr in block.Texts("except").Append(block.Text("cidr") ?? ""))
            if (!System.Net.IPNetwork.TryParse(cidr, out _))
                errors.Invalid($"{at}.ipBlock.cidr", cidr, "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)");
    }
}
