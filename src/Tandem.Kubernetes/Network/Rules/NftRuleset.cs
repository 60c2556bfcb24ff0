namespace Tandem.Kubernetes.Network.Rules;

/// <summary>The whole rule set as one transaction: it takes effect at once and as a whole, or not at all.</summary>
internal static class NftRuleset
{
    /// <summary>The same text for the same model.</summary>
    public static string Render(NetworkModel model)
    {
        var nft = new NftWriter();
        foreach (var family in (ReadOnlySpan<string>)["ip", "ip6"])
        {
            // The first line lets the second one succeed where there is no table yet.
            nft.Line($"table {family} tandem");
            nft.Line($"delete table {family} tandem");
        }

        nft.Block("table ip tandem", () =>
        {
            new PolicyRules(nft, model).Write();
            ServiceRules.Write(nft, model);
        });
        nft.Block("table ip6 tandem", () =>
        {
            // Pods are given no IPv6 address; by the link-local ones that they give themselves they would pass by every policy.
            nft.Block("chain forward", () => nft.Line("type filter hook forward priority 0; policy drop;"));
            nft.Block("chain input", () =>
            {
                nft.Line("type filter hook input priority 0; policy accept;");
                nft.Line("iifname \"cni0\" drop");
            });
        });
        return nft.ToString();
    }
}
