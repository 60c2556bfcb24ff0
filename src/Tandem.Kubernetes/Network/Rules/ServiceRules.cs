using System.Net;
using Tandem.Kubernetes.Network.Services;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Addresses of Services and host ports, rewritten to those of pods; and whose source address is rewritten.</summary>
internal sealed class ServiceRules(NftTable nft, NetworkModel model)
{
    // Any fixed number: the same client must get the same endpoint again after the table was replaced.
    private const string AffinitySeed = "0x74616e64";

    private const string PortType = "ipv4_addr . inet_proto . inet_service";
    private const string Destination = "ip daddr . meta l4proto . th dport";

    public void Write()
    {
        nft.Map("service-ports", $"{PortType} : verdict", model.Services.SelectMany(
            s => s.Frontends.Select(f => (Port(s.Protocol, f), $"goto {Chain(s)}"))));
        nft.Map("host-ports", $"{PortType} : ipv4_addr . inet_service",
            model.HostPorts.Select(p => (Port(p.Protocol, p.Node), $"{p.Pod.Address} . {p.Pod.Port}")));
        foreach (var service in model.Services)
            nft.Chain(Chain(service), $"meta l4proto {service.Protocol} dnat ip to {Choice(service)} {NftText.Comment(service.Name)}");
        nft.Chain("destinations", $"{Destination} vmap @service-ports", $"dnat ip to {Destination} map @host-ports");
        nft.BaseChain("nat-prerouting", "type nat hook prerouting priority -100; policy accept;", "jump destinations");
        nft.BaseChain("nat-output", "type nat hook output priority -100; policy accept;", "jump destinations");
        nft.BaseChain(
            "nat-postrouting", "type nat hook postrouting priority 100; policy accept;",
            // A pod that reached itself through a Service must answer by way of the node, where the addresses are put back.
            "ip saddr . ip daddr @pod-to-itself masquerade",
            $"ip saddr {model.PodRange} ip daddr != {model.PodRange} masquerade");
        nft.Chain(
            "refuse-services",
            // What is still addressed to a Service has no endpoint: refused at once instead of left to time out.
            $"ip daddr {model.ServiceRange} meta l4proto tcp reject with tcp reset",
            $"ip daddr {model.ServiceRange} reject with icmp port-unreachable");
        nft.BaseChain("services-forward", "type filter hook forward priority -10; policy accept;", "jump refuse-services");
        nft.BaseChain("services-output", "type filter hook output priority -10; policy accept;", "jump refuse-services");
    }

    private static string Port(int protocol, IPEndPoint at) => $"{at.Address} . {protocol} . {at.Port}";

    private static string Chain(ServiceRoute service) => NftText.Name("service", $"{service.Name} {service.Protocol}");

    private static string Choice(ServiceRoute service)
    {
        var count = service.Backends.Count;
        var targets = string.Join(", ", service.Backends.Select((b, i) => $"{i} : {b.Address} . {b.Port}"));
        return service.Sticky
            ? $"jhash ip saddr mod {count} seed {AffinitySeed} map {{ {targets} }}"
            : $"numgen random mod {count} map {{ {targets} }}";
    }
}
