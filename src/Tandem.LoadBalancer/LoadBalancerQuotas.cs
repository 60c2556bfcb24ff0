namespace Tandem.LoadBalancer;

/// <summary>
/// How many objects of each kind there may be. Cloudflare's own, without an Enterprise plan, are 20 load balancers, 20 pools,
/// 20 origins a pool and 1.5 monitors a pool; here only memory counts.
/// <see href="https://developers.cloudflare.com/load-balancing/reference/limitations/">Cloudflare: limitations</see>.
/// </summary>
public sealed record LoadBalancerQuotas
{
    /// <summary>Load balancers of the zone, at least 1.</summary>
    public int LoadBalancers { get; init; } = 20_000;

    /// <summary>Pools of the account, at least 1.</summary>
    public int Pools { get; init; } = 20_000;

    /// <summary>Origins of one pool, at least 1.</summary>
    public int OriginsPerPool { get; init; } = 20;

    /// <summary>Monitors of the account: 1.5 for each pool that there may be.</summary>
    public int Monitors => (int)(Pools * 1.5);

    /// <summary>Monitor groups of the account: one for each pool that there may be.</summary>
    public int MonitorGroups => Pools;
}
