using k8s.Models;

namespace Tandem.Kubernetes.Tests.Network;

/// <summary>Random policies over the few labels, namespaces and ports that the test network has. The same seed, the same policies.</summary>
internal sealed class PolicyGenerator(int seed)
{
    private static readonly string[] Blocks =
        ["10.244.0.0/24", "10.244.0.12/31", "10.244.0.14/32", "10.77.0.0/24", "203.0.113.0/24", "0.0.0.0/0", "10.77.0.11/32"];

    private static readonly string[] Names = ["web", "dns", "nobody"];

#pragma warning disable CA5394 // a test's choice
    private readonly Random _random = new(seed);

    public List<V1NetworkPolicy> Policies() => [.. Enumerable.Range(0, 1 + _random.Next(4)).Select(i => new V1NetworkPolicy
    {
        Metadata = new V1ObjectMeta { NamespaceProperty = Any("red", "blue"), Name = $"policy-{i}" },
        Spec = Spec(),
    })];

    private V1NetworkPolicySpec Spec()
    {
        var types = _random.Next(3) switch { 0 => new[] { "Ingress" }, 1 => ["Egress"], _ => ["Ingress", "Egress"] };
        return new V1NetworkPolicySpec
        {
            PodSelector = Selector(),
            PolicyTypes = types,
            Ingress = types.Contains("Ingress")
                ? [.. Some(3, () => new V1NetworkPolicyIngressRule { FromProperty = Peers(), Ports = Ports() })] : null,
            Egress = types.Contains("Egress") ? [.. Some(3, () => new V1NetworkPolicyEgressRule { To = Peers(), Ports = Ports() })] : null,
        };
    }

    private List<V1NetworkPolicyPeer>? Peers() => Chance(5) ? null : [.. Some(3, Peer)];

    private V1NetworkPolicyPeer Peer() => _random.Next(4) switch
    {
        0 => new V1NetworkPolicyPeer { PodSelector = Selector() },
        1 => new V1NetworkPolicyPeer { NamespaceSelector = NamespaceSelector() },
        2 => new V1NetworkPolicyPeer { PodSelector = Selector(), NamespaceSelector = NamespaceSelector() },
        _ => new V1NetworkPolicyPeer { IpBlock = Block() },
    };

    private V1IPBlock Block()
    {
        var cidr = Any(Blocks);
        var range = System.Net.IPNetwork.Parse(cidr);
        var inside = Blocks.Where(b => System.Net.IPNetwork.Parse(b) is var other
            && other.PrefixLength > range.PrefixLength && range.Contains(other.BaseAddress)).ToArray();
        return new V1IPBlock { Cidr = cidr, Except = inside.Length == 0 || Chance(2) ? null : [.. Some(3, () => Any(inside))] };
    }

    private List<V1NetworkPolicyPort>? Ports() => Chance(3) ? null : [.. Some(3, () => _random.Next(4) switch
    {
        0 => new V1NetworkPolicyPort { Protocol = Any("TCP", "UDP") },
        1 => new V1NetworkPolicyPort { Protocol = Any("TCP", "UDP"), Port = Any("80", "8080", "53", "8085") },
        2 => new V1NetworkPolicyPort { Protocol = Any("TCP", "UDP"), Port = Any("53", "80", "8080"), EndPort = 8080 + _random.Next(6) },
        _ => new V1NetworkPolicyPort { Protocol = Any("TCP", "UDP"), Port = Any(Names) },
    })];

    private V1LabelSelector Selector() => _random.Next(5) switch
    {
        0 => new V1LabelSelector(),
        1 or 2 => new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["app"] = Any("a", "b", "c") } },
        3 => Expression("app"),
        _ => Expression("tier"),
    };

    private V1LabelSelector Expression(string key)
    {
        var operation = Any("In", "NotIn", "Exists", "DoesNotExist");
        return new V1LabelSelector
        {
            MatchExpressions =
                [new V1LabelSelectorRequirement { Key = key, OperatorProperty = operation, Values = operation is "In" or "NotIn" ? [Any("a", "b"), "c"] : null }],
        };
    }

    private V1LabelSelector NamespaceSelector() => Chance(4)
        ? new V1LabelSelector()
        : new V1LabelSelector { MatchLabels = new Dictionary<string, string> { ["team"] = Any("x", "y") } };

    private IEnumerable<T> Some<T>(int most, Func<T> make) => Enumerable.Range(0, _random.Next(most + 1)).Select(_ => make()).ToList();

    private bool Chance(int oneIn) => _random.Next(oneIn) == 0;

    private T Any<T>(params T[] of) => of[_random.Next(of.Length)];
#pragma warning restore CA5394
}
