using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Who may serve a hostname at one moment.</summary>
/// <param name="Balancer">What was configured.</param>
/// <param name="Pools">The pool that serves, as DNS would answer it, then those that could; none where nothing may serve.</param>
/// <param name="Draining">Origins that serve only the clients they have.</param>
internal sealed record ProxyRoute(CloudflareLoadBalancer Balancer, IReadOnlyList<PoolView> Pools, IReadOnlyList<DrainingOrigin> Draining)
{
    /// <summary>Whether a pool other than the one that serves may take a request that failed.</summary>
    public bool AcrossPools => Balancer.AdaptiveRouting?.FailoverAcrossPools == true;

    /// <summary>The pools whose origins a request may be sent to.</summary>
    public IEnumerable<PoolView> Usable => AcrossPools ? Pools : Pools.Take(1);

    /// <summary>The route of a load balancer that has its answer.</summary>
    public static ProxyRoute Of(CloudflareLoadBalancer balancer, Decision decision, IReadOnlyList<DrainingOrigin> draining)
    {
        var serving = decision.Answers[balancer.Id!].Pool;
        var others = PoolsOf(balancer, decision).Where(pool => pool != serving && pool is { Enabled: true, Published: true });
        return new ProxyRoute(balancer, serving is null ? [] : [serving, .. others], draining);
    }

    /// <summary>All pools of a load balancer, in order.</summary>
    public static IEnumerable<PoolView> PoolsOf(CloudflareLoadBalancer balancer, Decision decision) =>
        balancer.DefaultPools!.Append(balancer.FallbackPool!).Distinct().Select(id => decision.Pools[id]);
}
