using System.Net;
using k8s.Models;

namespace Tandem.Kubernetes.Network.Services;

/// <summary>
/// Who answers for a port: as kube-proxy, the ready ones, and where there is none, those that still serve while they terminate
/// (KEP-1669). The choice is made apart for all nodes and for this one.
/// </summary>
internal static class Backends
{
    /// <param name="slices">Of the Service.</param>
    /// <param name="port">Its port.</param>
    /// <param name="node">Null for all nodes.</param>
    public static IReadOnlyList<IPEndPoint> Of(IEnumerable<V1EndpointSlice> slices, V1ServicePort port, string? node)
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
                if ((node is not null && endpoint.NodeName != node) || Ipv4.Parse(endpoint.Addresses?.FirstOrDefault()) is not { } address)
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
