namespace Tandem.Kubernetes.Network.Rules;

/// <summary>The whole rule set: the table of the pods' addresses, and the one that keeps IPv6 out.</summary>
internal static class NftRuleset
{
    /// <summary>The same tables for the same model.</summary>
    public static IReadOnlyList<NftTable> Build(NetworkModel model)
    {
        var ip = new NftTable("ip");
        new PolicyRules(ip, model).Write();
        new ServiceRules(ip, model).Write();
        var ip6 = new NftTable("ip6");
        // Pods are given no IPv6 address; by the link-local ones that they give themselves they would pass by every policy.
        ip6.BaseChain("forward", "type filter hook forward priority 0; policy drop;");
        ip6.BaseChain("input", "type filter hook input priority 0; policy accept;", "iifname \"cni0\" drop");
        return [ip, ip6];
    }
}
