using System.Net;
using k8s.Models;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>
/// Services and their EndpointSlices to routes. A port without endpoints has no route; whatever still goes to a service address
/// after the routes were tried is refused.
/// </summary>
internal static class ServiceMap
{
    private const string ServiceName = "kubernetes.io/service-name";

    public static IReadOnlyList<ServiceRoute> Build(ClusterState state, IPAddress nodeAddress)
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
                var backends = Backends(slices[(service.Metadata.NamespaceProperty, service.Metadata.Name)], port);
                // The first of two Services that ask for the same address and port keeps it: a duplicate would make the whole table invalid.
                var frontends = Frontends(service, clusterAddress, port, nodeAddress).Where(f => taken.Add((protocol, f))).ToList();
                if (backends.Count > 0 && frontends.Count > 0)
                    routes.Add(new ServiceRoute(
                        $"{service.Metadata.NamespaceProperty}/{service.Metadata.Name}:{(string.IsNullOrEmpty(port.Name) ? port.Port : port.Name)}",
                        protocol, frontends, backends, service.Spec.SessionAffinity == "ClientIP"));
            }
        }

        return routes;
    }

    private static IEnumerable<IPEndPoint> Frontends(V1Service service, IPAddress clusterAddress, V1ServicePort port, IPAddress nodeAddress)
    {
        yield return new IPEndPoint(clusterAddress, port.Port);
        foreach (var address in service.Spec.ExternalIPs ?? [])
            if (Ipv4.Parse(address) is { } external)
                yield return new IPEndPoint(external, port.Port);
        if (port.NodePort is > 0)
            yield return new IPEndPoint(nodeAddress, port.NodePort.Value);
    }

    // As kube-proxy: the ready ones, and where there is none, those that still serve while they terminate.
    private static List<IPEndPoint> Backends(IEnumerable<V1EndpointSlice> slices, V1ServicePort port)
    {
        var ready = new HashSet<IPEndPoint>();
        var ending = new HashSet<IPEndPoint>();
        foreach (var slice in slices)
        {
            var number = slice.Ports?.FirstOrDefault(p => (p.Name ?? "") == (port.Name ?? "") && (p.Protocol ?? "TCP") == (port.Protocol ?? "TCP"))?.Port;
            if (number is null)
                continue;
            foreach (var endpoint in slice.Endpoints ?? [])
            {
                if (Ipv4.Parse(endpoint.Addresses?.FirstOrDefault()) is not { } address)
                    continue;
                var conditions = endpoint.Conditions;
                if (conditions?.Ready ?? true)
                    ready.Add(new IPEndPoint(address, number.Value));
                else if (conditions?.Serving == true && conditions.Terminating == true)
                    ending.Add(new IPEndPoint(address, number.Value));
            }
        }

        return [.. (ready.Count > 0 ? ready : ending).OrderBy(e => Ipv4.Number(e.Address)).ThenBy(e => e.Port)];
    }
}
