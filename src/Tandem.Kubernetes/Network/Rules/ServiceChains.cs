using System.Net;
using Tandem.Kubernetes.Network.Services;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>The chains of Services: which endpoint a new connection gets. Each is written when it is first asked for.</summary>
internal sealed class ServiceChains(NftTable nft, IPNetwork podRange)
{
    /// <summary>The chain that a connection to this address goes to; null where nobody could answer it.</summary>
    public string? Target(ServiceRoute route, Frontend frontend)
    {
        if (frontend.Kind == FrontendKind.Cluster)
            return route.InternalLocal ? Choice("service-local", route, route.Local) : Choice("service", route, route.Backends);
        return route.ExternalLocal ? External(route) : Choice("service", route, route.Backends);
    }

    /// <summary>The chain that drops who may not come to the load balancer's address; null where everybody may.</summary>
    public string? Sources(ServiceRoute route)
    {
        if (route.Sources is not { } ranges)
            return null;
        var name = Name("sources", route);
        if (!nft.Contains(name))
            nft.Chain(name, ranges.Select(r => $"ip saddr {r} return").Append($"drop {NftText.Comment(route.Name)}"));
        return name;
    }

    // Who is in the cluster already is not bound to this node's endpoints: for it there is no other node to come to.
    private string? External(ServiceRoute route)
    {
        var name = Name("service-external", route);
        if (nft.Contains(name))
            return name;
        if (Choice("service", route, route.Backends) is not { } all)
            return null;
        var local = Choice("service-local", route, route.Local);
        nft.Chain(name, [$"ip saddr {podRange} goto {all}", $"fib saddr type local goto {all}", .. local is null ? Array.Empty<string>() : [$"goto {local}"]]);
        return name;
    }

    private string? Choice(string prefix, ServiceRoute route, IReadOnlyList<IPEndPoint> backends)
    {
        if (backends.Count == 0)
            return null;
        var name = Name(prefix, route);
        if (!nft.Contains(name))
            nft.Chain(name, route.Affinity is { } affinity ? Sticky(route, backends, affinity) : [ByChance(route, backends)]);
        return name;
    }

    private static string ByChance(ServiceRoute route, IReadOnlyList<IPEndPoint> backends) =>
        $"meta l4proto {route.Protocol} dnat ip to numgen random mod {backends.Count} map {{ {Numbered(backends.Select(b => $"{b.Address} . {b.Port}"))} }} {NftText.Comment(route.Name)}";

    // As kube-proxy: each endpoint remembers its clients, so that no other endpoint's coming and going moves them.
    private List<string> Sticky(ServiceRoute route, IReadOnlyList<IPEndPoint> backends, TimeSpan affinity)
    {
        var endpoints = backends.Select(b => (
            Chain: NftText.Name("endpoint", $"{route.Name} {route.Protocol} {b}"),
            // Another time is another set: the kernel does not change that of one which is there.
            Clients: NftText.Name("clients", $"{route.Name} {route.Protocol} {b} {affinity.TotalSeconds}"),
            Backend: b)).ToList();
        foreach (var endpoint in endpoints.Where(e => !nft.Contains(e.Chain)))
        {
            nft.DynamicSet(endpoint.Clients, "ipv4_addr", affinity);
            nft.Chain(
                endpoint.Chain,
                $"update @{endpoint.Clients} {{ ip saddr }}",
                $"meta l4proto {route.Protocol} dnat ip to {endpoint.Backend} {NftText.Comment(route.Name)}");
        }

        return
        [
            .. endpoints.Select(e => $"ip saddr @{e.Clients} goto {e.Chain}"),
            $"numgen random mod {endpoints.Count} vmap {{ {Numbered(endpoints.Select(e => $"goto {e.Chain}"))} }} {NftText.Comment(route.Name)}",
        ];
    }

    private static string Numbered(IEnumerable<string> values) => string.Join(", ", values.Select((v, i) => $"{i} : {v}"));

    private static string Name(string prefix, ServiceRoute route) => NftText.Name(prefix, $"{route.Name} {route.Protocol}");
}
