using System.Net;
using Tandem.Kubernetes.Network.Services;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Addresses of Services and host ports, rewritten to those of pods; and whose source address is rewritten.</summary>
internal sealed class ServiceRules(NftTable nft, NetworkModel model)
{
    private const string PortType = "ipv4_addr . inet_proto . inet_service";
    private const string Destination = "ip daddr . meta l4proto . th dport";

    private readonly ServiceChains _chains = new(nft, model.PodRange);

    public void Write()
    {
        nft.Map("service-ports", $"{PortType} : verdict", Frontends(
            (route, frontend) => _chains.Target(route, frontend) is { } chain ? $"goto {chain}" : null));
        nft.Map("host-ports", $"{PortType} : ipv4_addr . inet_service",
            model.HostPorts.Select(p => (Port(p.Protocol, p.Node), $"{p.Pod.Address} . {p.Pod.Port}")));
        nft.Map("service-refusals", $"{PortType} : verdict", Frontends(Refusal));
        nft.Map("service-sources", $"{PortType} : verdict", Frontends(
            (route, frontend) => frontend.Kind == FrontendKind.LoadBalancer && _chains.Sources(route) is { } chain ? $"goto {chain}" : null));
        nft.Chain("destinations", $"{Destination} vmap @service-ports", $"dnat ip to {Destination} map @host-ports");
        nft.BaseChain("nat-prerouting", "type nat hook prerouting priority -100; policy accept;", "jump destinations");
        nft.BaseChain("nat-output", "type nat hook output priority -100; policy accept;", "jump destinations");
        nft.BaseChain(
            "nat-postrouting", "type nat hook postrouting priority 100; policy accept;",
            // A pod that reached itself through a Service must answer by way of the node, where the addresses are put back.
            "ip saddr . ip daddr @pod-to-itself masquerade",
            $"ip saddr {model.PodRange} ip daddr != {model.PodRange} masquerade",
            // So must an endpoint that is no pod of this node: it would answer whoever came from outside directly.
            $"ct status dnat ip daddr != {model.PodRange} fib saddr type != local masquerade");
        // Before the destination is rewritten, since afterwards nobody knows at which address the Service was asked.
        var sources = $"ct state new {Destination} vmap @service-sources";
        nft.BaseChain("sources-prerouting", "type filter hook prerouting priority -110; policy accept;", sources);
        nft.BaseChain("sources-output", "type filter hook output priority -110; policy accept;", sources);
        nft.Chain("refuse", "meta l4proto tcp reject with tcp reset", "reject with icmp port-unreachable");
        nft.Chain(
            "refuse-services",
            // What is still addressed to a Service has no endpoint: refused at once instead of left to time out.
            $"ct state new {Destination} vmap @service-refusals",
            $"ip daddr {model.ServiceRange} goto refuse");
        foreach (var hook in new[] { "forward", "input", "output" })
            nft.BaseChain($"services-{hook}", $"type filter hook {hook} priority -10; policy accept;", "jump refuse-services");
    }

    // A policy that says Local drops what has an endpoint elsewhere: another node may have let it in.
    private static string? Refusal(ServiceRoute route, Frontend frontend) =>
        route.Backends.Count == 0 ? "goto refuse"
        : (frontend.Kind == FrontendKind.Cluster ? route.InternalLocal : route.ExternalLocal) && route.Local.Count == 0 ? "drop"
        : null;

    private IEnumerable<(string Key, string Value)> Frontends(Func<ServiceRoute, Frontend, string?> value) =>
        from route in model.Services
        from frontend in route.Frontends
        let verdict = value(route, frontend)
        where verdict is not null
        select (Port(route.Protocol, frontend.At), verdict);

    private static string Port(int protocol, IPEndPoint at) => $"{at.Address} . {protocol} . {at.Port}";
}
