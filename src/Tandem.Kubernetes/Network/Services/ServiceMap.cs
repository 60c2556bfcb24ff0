using System.Net;
using k8s.Models;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>Services and their EndpointSlices to routes.</summary>
internal static class ServiceMap
{
    private const string ServiceName = "kubernetes.io/service-name";
    private const int LongestAffinity = 86400;

    public static IReadOnlyList<ServiceRoute> Build(ClusterState state, ClusterOptions options)
    {
        var slices = state.EndpointSlices
            .Where(s => s.AddressType == "IPv4" && s.Metadata.Labels?.ContainsKey(ServiceName) == true)
            .ToLookup(s => (s.Metadata.NamespaceProperty, s.Metadata.Labels[ServiceName]));
        var taken = new HashSet<(int, IPEndPoint)>();
        var routes = new List<ServiceRoute>();
        foreach (var service in state.Services.OrderBy(s => s.Metadata.NamespaceProperty, StringComparer.Ordinal).ThenBy(s => s.Metadata.Name, StringComparer.Ordinal))
        {
            if (service.Spec.Type == "ExternalName" || Ipv4.Parse(service.Spec.ClusterIP) is not { } clusterAddress)
                continue;
            foreach (var port in service.Spec.Ports ?? [])
            {
                if (Protocols.Number(port.Protocol) is not { } protocol)
                    continue;
                // The first of two Services that ask for the same address and port keeps it: a duplicate would make the whole table invalid.
                var frontends = Frontends(service, clusterAddress, port, options.NodeAddress).Where(f => taken.Add((protocol, f.At))).ToList();
                if (frontends.Count > 0)
                    routes.Add(Route(service, port, protocol, frontends, slices[(service.Metadata.NamespaceProperty, service.Metadata.Name)], options.NodeName));
            }
        }

        return routes;
    }

    private static ServiceRoute Route(
        V1Service service, V1ServicePort port, int protocol, IReadOnlyList<Frontend> frontends, IEnumerable<V1EndpointSlice> slices, string node)
    {
        var internalLocal = service.Spec.InternalTrafficPolicy == "Local";
        var externalLocal = service.Spec.ExternalTrafficPolicy == "Local";
        return new ServiceRoute(
            $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}:{(string.IsNullOrEmpty(port.Name) ? port.Port : port.Name)}",
            protocol,
            frontends,
            Backends.Of(slices, port, node: null),
            internalLocal || externalLocal ? Backends.Of(slices, port, node) : [],
            internalLocal,
            externalLocal,
            service.Spec.SessionAffinity == "ClientIP"
                ? TimeSpan.FromSeconds(Math.Clamp(service.Spec.SessionAffinityConfig?.ClientIP?.TimeoutSeconds ?? 10800, 1, LongestAffinity))
                : null,
            // Ranges of IPv6 let in nobody here, but they too say that not everybody may.
            service.Spec.LoadBalancerSourceRanges is { Count: > 0 } ranges
                ? [.. ranges.Select(r => Ipv4.ParseNetwork(r.Trim())).OfType<IPNetwork>().Distinct().OrderBy(r => Ipv4.Number(r.BaseAddress)).ThenBy(r => r.PrefixLength)]
                : null);
    }

    private static IEnumerable<Frontend> Frontends(V1Service service, IPAddress clusterAddress, V1ServicePort port, IPAddress nodeAddress)
    {
        yield return new Frontend(new IPEndPoint(clusterAddress, port.Port), FrontendKind.Cluster);
        // Only what was given to the Service: its status has no address where the node's port is somebody else's.
        foreach (var ingress in service.Status?.LoadBalancer?.Ingress ?? [])
            if (service.Spec.Type == "LoadBalancer" && ingress.IpMode is null or "VIP" && Ipv4.Parse(ingress.Ip) is { } balanced)
                yield return new Frontend(new IPEndPoint(balanced, port.Port), FrontendKind.LoadBalancer);
        foreach (var address in service.Spec.ExternalIPs ?? [])
            if (Ipv4.Parse(address) is { } external)
                yield return new Frontend(new IPEndPoint(external, port.Port), FrontendKind.External);
        if (port.NodePort is > 0)
            yield return new Frontend(new IPEndPoint(nodeAddress, port.NodePort.Value), FrontendKind.NodePort);
    }
}
