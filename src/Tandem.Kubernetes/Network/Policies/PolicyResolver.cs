using k8s.Models;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Network.Policies;

/// <summary>
/// NetworkPolicy objects to a <see cref="PolicyModel"/>. See
/// https://kubernetes.io/docs/concepts/services-networking/network-policies/ for what each field means.
/// </summary>
internal sealed class PolicyResolver
{
    private readonly IReadOnlyList<PodAddress> _pods;
    private readonly Dictionary<string, IReadOnlyDictionary<string, string>> _namespaces;
    private readonly PortResolver _ports;

    private PolicyResolver(IReadOnlyList<PodAddress> pods, IEnumerable<V1Namespace> namespaces)
    {
        _pods = pods;
        _namespaces = namespaces.ToDictionary(n => n.Metadata.Name, n => Labels(n.Metadata));
        _ports = new PortResolver(pods);
    }

    public static PolicyModel Resolve(ClusterState state, IReadOnlyList<PodAddress> pods)
    {
        var resolver = new PolicyResolver(pods, state.Namespaces);
        var policies = state.Policies
            .OrderBy(p => p.Metadata.NamespaceProperty, StringComparer.Ordinal).ThenBy(p => p.Metadata.Name, StringComparer.Ordinal).ToList();
        return new PolicyModel(policies.Count > 0, resolver.Direction(policies, "Ingress"), resolver.Direction(policies, "Egress"));
    }

    private DirectionModel Direction(IReadOnlyList<V1NetworkPolicy> policies, string direction)
    {
        var used = new List<ResolvedPolicy>();
        var byPod = new Dictionary<PodAddress, List<ResolvedPolicy>>();
        foreach (var policy in policies.Where(p => Concerns(p, direction)))
        {
            var selector = Selector(policy.Spec.PodSelector);
            var selected = _pods.Where(p => p.Namespace == policy.Metadata.NamespaceProperty && selector.Matches(p.Labels)).ToList();
            if (selected.Count == 0)
                continue;
            var resolved = new ResolvedPolicy($"{policy.Metadata.NamespaceProperty}/{policy.Metadata.Name}", [.. Rules(policy, direction)]);
            used.Add(resolved);
            foreach (var pod in selected)
            {
                if (!byPod.TryGetValue(pod, out var list))
                    byPod[pod] = list = [];
                list.Add(resolved);
            }
        }

        return new DirectionModel(
            used, [.. _pods.Where(byPod.ContainsKey).Select(p => (p.Address, (IReadOnlyList<ResolvedPolicy>)byPod[p]))]);
    }

    // The API server sets policyTypes; where an object is older than that, its defaults are the same.
    private static bool Concerns(V1NetworkPolicy policy, string direction) => policy.Spec.PolicyTypes is { Count: > 0 } types
        ? types.Contains(direction)
        : direction == "Ingress" || policy.Spec.Egress is { Count: > 0 };

    private IEnumerable<ResolvedRule> Rules(V1NetworkPolicy policy, string direction) => direction == "Ingress"
        ? (policy.Spec.Ingress ?? []).Select(r => Rule(policy, r.FromProperty, r.Ports))
        : (policy.Spec.Egress ?? []).Select(r => Rule(policy, r.To, r.Ports));

    private ResolvedRule Rule(V1NetworkPolicy policy, IList<V1NetworkPolicyPeer>? peers, IList<V1NetworkPolicyPort>? ports) => new(
        peers is { Count: > 0 } ? Peers(policy.Metadata.NamespaceProperty, peers) : null,
        ports is { Count: > 0 } ? _ports.Resolve(ports) : null);

    private PeerSet Peers(string @namespace, IList<V1NetworkPolicyPeer> peers)
    {
        var pods = new HashSet<PodAddress>();
        var blocks = new List<AddressBlock>();
        foreach (var peer in peers)
        {
            if (peer.IpBlock is { } block)
            {
                // An IPv6 range holds none of the addresses there are here.
                if (Ipv4.ParseNetwork(block.Cidr) is { } range)
                    blocks.Add(AddressBlocks.Build(range, (block.Except ?? []).Select(Ipv4.ParseNetwork).OfType<System.Net.IPNetwork>()));
                continue;
            }

            var podSelector = Selector(peer.PodSelector);
            var namespaceSelector = peer.NamespaceSelector is null ? null : Selector(peer.NamespaceSelector);
            pods.UnionWith(_pods.Where(p => podSelector.Matches(p.Labels) && (namespaceSelector is null
                ? p.Namespace == @namespace
                : _namespaces.TryGetValue(p.Namespace, out var labels) && namespaceSelector.Matches(labels))));
        }

        return new PeerSet([.. _pods.Where(pods.Contains).Select(p => p.Address)], blocks);
    }

    // Nothing given selects everything.
    private static LabelSelector Selector(V1LabelSelector? selector) => new(
    [
        .. (selector?.MatchLabels ?? new Dictionary<string, string>()).Select(l => new LabelSelector.Requirement(l.Key, "In", [l.Value])),
        .. (selector?.MatchExpressions ?? []).Select(e => new LabelSelector.Requirement(e.Key, e.OperatorProperty, [.. e.Values ?? []])),
    ]);

    private static IReadOnlyDictionary<string, string> Labels(V1ObjectMeta meta) =>
        meta.Labels?.AsReadOnly() ?? (IReadOnlyDictionary<string, string>)new Dictionary<string, string>();
}
