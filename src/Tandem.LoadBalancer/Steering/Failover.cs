using System.Net;

namespace Tandem.LoadBalancer.Steering;

/// <summary>
/// The steering policy "off": the first healthy pool in the order of the default pools.
/// <see href="https://developers.cloudflare.com/load-balancing/understand-basics/traffic-steering/steering-policies/standard-options/">Cloudflare:
/// off - failover</see>.
/// </summary>
public static class Failover
{
    /// <summary>Chooses what is answered.</summary>
    /// <param name="pools">The default pools, the preferred one first.</param>
    /// <param name="fallback">Serves when none of them may, whatever its health; unless it is disabled.</param>
    /// <param name="ttl">The load balancer's TTL in seconds.</param>
    /// <param name="suspectTtl">The TTL while the pool that serves is suspect, in seconds: an answer that may soon be wrong is not kept.</param>
    public static Answer Choose(IReadOnlyList<PoolView> pools, PoolView? fallback, int ttl, int suspectTtl)
    {
        var chosen = Enabled(pools, p => p.Published)
            // Held back by damping, but good: better than a pool that is known to be down.
            ?? Enabled(pools, p => p is { Observed: true, Forced: null })
            ?? (fallback is { Enabled: true, All.Count: > 0 } ? fallback : null);
        return chosen is null
            ? new Answer(null, [], Math.Min(ttl, suspectTtl))
            : new Answer(chosen, Addresses(chosen), chosen.Suspect ? Math.Min(ttl, suspectTtl) : ttl);
    }

    private static PoolView? Enabled(IReadOnlyList<PoolView> pools, Func<PoolView, bool> may) =>
        pools.FirstOrDefault(p => p.Enabled && p.All.Count > 0 && may(p));

    /// <summary>The healthy origins, or all where none is (forced up, or the fallback).</summary>
    private static IReadOnlyList<IPAddress> Addresses(PoolView pool) => pool.Healthy.Count > 0 ? pool.Healthy : pool.All;
}
