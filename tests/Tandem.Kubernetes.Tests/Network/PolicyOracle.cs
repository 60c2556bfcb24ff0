using System.Net;
using k8s.Models;

namespace Tandem.Kubernetes.Tests.Network;

/// <summary>
/// What the NetworkPolicy specification says of one connection, word by word and without regard to speed; shares nothing with
/// the code under test.
/// </summary>
internal sealed class PolicyOracle(IReadOnlyList<V1NetworkPolicy> policies, IReadOnlyList<V1Namespace> namespaces)
{
    /// <summary>One end of a connection; what is no pod is an address.</summary>
    internal sealed record End(string Name, string Address, V1Pod? Pod = null, bool IsNode = false);

    public bool Allows(End from, End to, string protocol, int port) =>
        (from.Address == to.Address && from.Pod is not null)
        || (EgressAllows(from, to, protocol, port) && IngressAllows(from, to, protocol, port));

    // "By default, a pod is non-isolated for egress"; isolated, the union of what its policies list is allowed.
    private bool EgressAllows(End from, End to, string protocol, int port)
    {
        var applying = Applying(from.Pod, "Egress");
        return applying.Count == 0 || applying.Any(p => (p.Spec.Egress ?? []).Any(
            rule => PeersMatch(p, rule.To, to) && PortsMatch(rule.Ports, to, protocol, port)));
    }

    private bool IngressAllows(End from, End to, string protocol, int port)
    {
        // "Traffic to and from the node where a Pod is running is always allowed": to the pod, that is, for its probes.
        if (from.IsNode)
            return true;
        var applying = Applying(to.Pod, "Ingress");
        return applying.Count == 0 || applying.Any(p => (p.Spec.Ingress ?? []).Any(
            rule => PeersMatch(p, rule.FromProperty, from) && PortsMatch(rule.Ports, to, protocol, port)));
    }

    private List<V1NetworkPolicy> Applying(V1Pod? pod, string type) => pod is null
        ? []
        : [.. policies.Where(p => p.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty && p.Spec.PolicyTypes.Contains(type)
            && Selects(p.Spec.PodSelector, pod.Metadata.Labels))];

    private bool PeersMatch(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? peers, End end)
    {
        if (peers is null || peers.Count == 0)
            return true;
        foreach (var peer in peers)
        {
            if (peer.IpBlock is { } block)
            {
                if (IPNetwork.Parse(block.Cidr).Contains(IPAddress.Parse(end.Address))
                    && !(block.Except ?? []).Any(e => IPNetwork.Parse(e).Contains(IPAddress.Parse(end.Address))))
                    return true;
                continue;
            }

            if (end.Pod is null)
                continue;
            var itsNamespace = namespaces.Single(n => n.Metadata.Name == end.Pod.Metadata.NamespaceProperty);
            var namespaceMatches = peer.NamespaceSelector is null
                ? itsNamespace.Metadata.Name == policy.Metadata.NamespaceProperty
                : Selects(peer.NamespaceSelector, itsNamespace.Metadata.Labels);
            if (namespaceMatches && (peer.PodSelector is null || Selects(peer.PodSelector, end.Pod.Metadata.Labels)))
                return true;
        }

        return false;
    }

    private static bool PortsMatch(IList<V1NetworkPolicyPort>? ports, End to, string protocol, int port)
    {
        if (ports is null || ports.Count == 0)
            return true;
        foreach (var p in ports)
        {
            if ((p.Protocol ?? "TCP") != protocol)
                continue;
            if (p.Port is null)
                return true;
            if (int.TryParse(p.Port.Value, out var number))
            {
                if (port == number || (p.EndPort is { } end && port >= number && port <= end))
                    return true;
            }
            else if (to.Pod?.Spec.Containers.SelectMany(c => c.Ports ?? []).Any(
                c => c.Name == p.Port.Value && (c.Protocol ?? "TCP") == protocol && c.ContainerPort == port) == true)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Selects(V1LabelSelector selector, IDictionary<string, string>? labels)
    {
        string? Value(string key) => labels is not null && labels.TryGetValue(key, out var value) ? value : null;
        foreach (var (key, value) in selector.MatchLabels ?? new Dictionary<string, string>())
            if (Value(key) != value)
                return false;
        foreach (var e in selector.MatchExpressions ?? [])
        {
            var value = Value(e.Key);
            var holds = e.OperatorProperty switch
            {
                "In" => value is not null && e.Values.Contains(value),
                "NotIn" => value is null || !e.Values.Contains(value),
                "Exists" => value is not null,
                _ => value is null,
            };
            if (!holds)
                return false;
        }

        return true;
    }
}
