using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// Origins of one load balancer that were disabled, or whose pool left its order: they keep their clients for the drain
/// duration. In memory only: after a restart nothing drains.
/// </summary>
internal sealed class Draining(TimeProvider time)
{
    private readonly Dictionary<OriginKey, (OriginView Origin, DateTimeOffset Since)> _leaving = [];
    private Dictionary<OriginKey, OriginView> _members = [];

    /// <summary>Takes the next decision in, and says who drains.</summary>
    public IReadOnlyList<DrainingOrigin> Update(CloudflareLoadBalancer balancer, Decision decision)
    {
        var members = ProxyRoute.PoolsOf(balancer, decision).Where(pool => pool.Enabled)
            .SelectMany(pool => pool.Origins).ToDictionary(OriginKey.Of);
        foreach (var (key, origin) in _members)
        {
            // One that was down has nobody to keep.
            if (!members.ContainsKey(key) && origin.Healthy)
                _leaving[key] = (origin, time.GetUtcNow());
        }

        var duration = TimeSpan.FromSeconds(balancer.SessionAffinityAttributes?.DrainDuration ?? 0);
        foreach (var (key, (_, since)) in _leaving)
        {
            if (members.ContainsKey(key) || since + duration <= time.GetUtcNow())
                _leaving.Remove(key);
        }

        _members = members;
        return [.. _leaving.Values.Select(pair => new DrainingOrigin(pair.Origin, pair.Since + duration))];
    }
}

/// <summary>An origin that serves only the clients it has.</summary>
/// <param name="Origin">The origin, as it was.</param>
/// <param name="Until">Until when.</param>
internal sealed record DrainingOrigin(OriginView Origin, DateTimeOffset Until);
