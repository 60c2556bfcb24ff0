using System.Net;
using k8s.Models;

namespace Tandem.Kubernetes.Network;

/// <summary>A pod that holds an address of the pod network.</summary>
internal sealed record PodAddress(
    string Namespace, string Name, IPAddress Address, IReadOnlyDictionary<string, string> Labels, IReadOnlyList<PodPort> Ports)
{
    /// <summary>
    /// Pods with an address of their own, in the order of their addresses, each address once. What has finished has given its
    /// address back; where two still claim one, it belongs to the newer that is not on its way out.
    /// </summary>
    public static IReadOnlyList<PodAddress> Of(IEnumerable<V1Pod> pods) =>
    [
        .. pods.Where(p => p.Spec.HostNetwork != true && p.Status?.Phase is not ("Succeeded" or "Failed"))
            .Select(p => (Pod: p, Address: Ipv4.Parse(p.Status?.PodIP)))
            .Where(p => p.Address is not null)
            .GroupBy(p => p.Address!)
            .OrderBy(g => Ipv4.Number(g.Key))
            .Select(g => Read(
                g.OrderBy(p => p.Pod.Metadata.DeletionTimestamp is not null)
                    .ThenByDescending(p => p.Pod.Metadata.CreationTimestamp)
                    .ThenBy(p => p.Pod.Metadata.Uid, StringComparer.Ordinal).First().Pod,
                g.Key)),
    ];

    private static PodAddress Read(V1Pod pod, IPAddress address) => new(
        pod.Metadata.NamespaceProperty,
        pod.Metadata.Name,
        address,
        pod.Metadata.Labels?.AsReadOnly() ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>(),
        [
            // Init containers that keep running (KEP-753) offer ports like the main ones.
            .. pod.Spec.Containers.Concat((pod.Spec.InitContainers ?? []).Where(c => c.RestartPolicy == "Always"))
                .SelectMany(c => c.Ports ?? [])
                .Where(p => Protocols.Number(p.Protocol) is not null)
                .Select(p => new PodPort(
                    p.Name ?? "", Protocols.Number(p.Protocol)!.Value, p.ContainerPort, p.HostPort ?? 0,
                    Ipv4.Parse(p.HostIP) is { } host && !host.Equals(IPAddress.Any) ? host : null)),
        ]);
}

/// <summary>A port that a container declares.</summary>
/// <param name="Name">Empty where it has none.</param>
/// <param name="Protocol">IANA's number.</param>
/// <param name="Number">In the pod.</param>
/// <param name="HostPort">On the node; 0 for none.</param>
/// <param name="HostAddress">Null for the node's own address.</param>
internal sealed record PodPort(string Name, int Protocol, int Number, int HostPort, IPAddress? HostAddress);
