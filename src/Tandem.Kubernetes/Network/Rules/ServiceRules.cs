using System.Net;
using Tandem.Kubernetes.Network.Services;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>Addresses of Services and host ports, rewritten to those of pods; and whose source address is rewritten.</summary>
internal static class ServiceRules
{
    // Any fixed number: the same client must get the same endpoint again after the table was replaced.
    private const string AffinitySeed = "0x74616e64";

    private const string Destination = "ip daddr . meta l4proto . th dport";

    public static void Write(NftWriter nft, NetworkModel model)
    {
        nft.Set("map", "service-ports", "ipv4_addr . inet_proto . inet_service : verdict",
        [
            .. model.Services.SelectMany(s => s.Frontends.Select(f => $"{f.Address} . {s.Protocol} . {f.Port} : goto {Chain(s)}")),
        ]);
        nft.Set("map", "host-ports", "ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service",
        [
            .. model.HostPorts.Select(p => $"{p.Node.Address} . {p.Protocol} . {p.Node.Port} : {Address(p.Pod)}"),
        ]);
        foreach (var service in model.Services)
            nft.Block($"chain {Chain(service)}", () => nft.Line(
                $"meta l4proto {service.Protocol} dnat ip to {Choice(service)} {NftWriter.Comment(service.Name)}"));
        nft.Block("chain destinations", () =>
        {
            nft.Line($"{Destination} vmap @service-ports");
            nft.Line($"dnat ip to {Destination} map @host-ports");
        });
        nft.Block("chain nat-prerouting", () =>
        {
            nft.Line("type nat hook prerouting priority -100; policy accept;");
            nft.Line("jump destinations");
        });
        nft.Block("chain nat-output", () =>
        {
            nft.Line("type nat hook output priority -100; policy accept;");
            nft.Line("jump destinations");
        });
        nft.Block("chain nat-postrouting", () =>
        {
            nft.Line("type nat hook postrouting priority 100; policy accept;");
            // A pod that reached itself through a Service must answer by way of the node, where the addresses are put back.
            nft.Line("ip saddr . ip daddr @pod-to-itself masquerade");
            nft.Line($"ip saddr {model.PodRange} ip daddr != {model.PodRange} masquerade");
        });
        nft.Block("chain refuse-services", () =>
        {
            // What is still addressed to a Service has no endpoint: refused at once instead of left to time out.
            nft.Line($"ip daddr {model.ServiceRange} meta l4proto tcp reject with tcp reset");
            nft.Line($"ip daddr {model.ServiceRange} reject with icmp port-unreachable");
        });
        nft.Block("chain services-forward", () =>
        {
            nft.Line("type filter hook forward priority -10; policy accept;");
            nft.Line("jump refuse-services");
        });
        nft.Block("chain services-output", () =>
        {
            nft.Line("type filter hook output priority -10; policy accept;");
            nft.Line("jump refuse-services");
        });
    }

    private static string Chain(ServiceRoute service) => NftWriter.Name("service", $"{service.Name} {service.Protocol}");

    private static string Choice(ServiceRoute service)
    {
        var count = service.Backends.Count;
        var targets = string.Join(", ", service.Backends.Select((b, i) => $"{i} : {Address(b)}"));
        return service.Sticky
            ? $"jhash ip saddr mod {count} seed {AffinitySeed} map {{ {targets} }}"
            : $"numgen random mod {count} map {{ {targets} }}";
    }

    private static string Address(IPEndPoint end) => $"{end.Address} . {end.Port}";
}
