using System.Net;
using Tandem.Kubernetes.Network.Policies;

namespace Tandem.Kubernetes.Network.Rules;

/// <summary>
/// NetworkPolicies. Every packet is judged by the connection it belongs to: by who began it (the source before any rewriting)
/// and whom it reached (the source of the answers, so behind the Service). Packets of both directions and the ICMP errors about
/// them thus get the same verdict, and a connection that a policy no longer allows ends when the policy comes, not when the
/// connection does.
/// </summary>
/// <remarks>
/// Egress is judged before ingress, in a chain of its own, so that accept in the one is not yet accept in the other. The node
/// reaches its pods by the output hook, where no rule is: as Kubernetes wants it.
/// </remarks>
internal sealed class PolicyRules(NftTable nft, NetworkModel model)
{
    private const string Client = "ct original ip saddr";
    private const string Server = "ct reply ip saddr";

    public void Write()
    {
        nft.Set("pods", "ipv4_addr", model.Pods.Select(p => p.Address.ToString()));
        nft.Set("pod-to-itself", "ipv4_addr . ipv4_addr", model.Pods.Select(p => $"{p.Address} . {p.Address}"));
        Direction("egress", model.Policies.Egress, Server);
        Direction("ingress", model.Policies.Ingress, Client);

        Judge("egress-forward", "forward", 0, "egress", Client);
        Judge("egress-input", "input", 0, "egress", Client);
        Judge("ingress-forward", "forward", 10, "ingress", Server);
    }

    private void Judge(string chain, string hook, int priority, string direction, string side) =>
        // Without policies nothing is dropped. With them, a packet of no connection cannot be judged, and a pod whose address the
        // API has not told yet might be one that they isolate: its container starts after its address was told.
        nft.BaseChain(chain, $"type filter hook {hook} priority {priority}; policy accept;", !model.Policies.AnyPolicy
            ? []
            : [
                $"ct state invalid ip saddr {model.PodRange} drop",
                $"ct state invalid ip daddr {model.PodRange} drop",
                $"ct direction original {side} {model.PodRange} {side} != @pods drop",
                $"{Client} . {Server} @pod-to-itself accept",
                $"{side} vmap @{direction}-isolated",
            ]);

    private void Direction(string direction, DirectionModel policies, string peerSide)
    {
        foreach (var policy in policies.Policies)
            Policy(Chain(direction, policy), policy, peerSide);
        var combinations = policies.Isolated.GroupBy(p => Combination(direction, p.Policies)).OrderBy(g => g.Key, StringComparer.Ordinal).ToList();
        foreach (var combination in combinations)
            nft.Chain(
                combination.Key,
                combination.First().Policies.Select(policy => $"jump {Chain(direction, policy)} {NftText.Comment(policy.Name)}").Append("drop"));
        nft.Map(
            $"{direction}-isolated", "ipv4_addr : verdict",
            policies.Isolated.Select(p => (p.Pod.ToString(), $"goto {Combination(direction, p.Policies)}")));
    }

    private void Policy(string chain, ResolvedPolicy policy, string peerSide)
    {
        var rules = policy.Rules
            .SelectMany(rule => Peers(rule, peerSide).SelectMany(peer => Ports(rule).Select(port => $"{peer}{port}accept"))).ToList();
        nft.Chain(chain, rules);
    }

    private IEnumerable<string> Peers(ResolvedRule rule, string side)
    {
        if (rule.Peers is not { } peers)
        {
            yield return "";
            yield break;
        }

        if (peers.Pods.Count > 0)
            yield return $"{side} @{AddressSet(peers.Pods)} ";
        foreach (var block in peers.Blocks)
            yield return block.Except.Count == 0
                ? $"{side} {block.Range} "
                : $"{side} {block.Range} {side} != {{ {string.Join(", ", block.Except)} }} ";
    }

    private IEnumerable<string> Ports(ResolvedRule rule)
    {
        if (rule.Ports is null)
            return [""];
        return rule.Ports.Select(port =>
        {
            var pods = port.Pods is null ? "" : $"{Server} @{AddressSet(port.Pods)} ";
            var ranges = port.Ranges.Select(r => r.First == r.Last ? $"{r.First}" : $"{r.First}-{r.Last}");
            return $"{pods}ct reply protocol {port.Protocol} ct reply proto-src {{ {string.Join(", ", ranges)} }} ";
        });
    }

    private string AddressSet(IReadOnlyList<IPAddress> addresses)
    {
        var name = NftText.Name("pods", string.Join(' ', addresses));
        if (!nft.Contains(name))
            nft.Set(name, "ipv4_addr", addresses.Select(a => a.ToString()));
        return name;
    }

    private static string Chain(string direction, ResolvedPolicy policy) => NftText.Name($"{direction}-policy", policy.Name);

    private static string Combination(string direction, IReadOnlyList<ResolvedPolicy> policies) =>
        NftText.Name(direction, string.Join(' ', policies.Select(p => p.Name)));
}
