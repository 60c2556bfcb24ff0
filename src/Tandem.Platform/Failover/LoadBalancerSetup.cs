using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>
/// Makes the load balancer what the platform file says: one monitor, a pool a cluster, and the hostname over both. Only
/// through Cloudflare's API, so that it is the same for Cloudflare and for the embedded one.
/// </summary>
public sealed class LoadBalancerSetup(CloudflareClient client, string accountId, string zoneId, PlatformSpec spec)
{
    /// <summary>The name of a cluster's pool.</summary>
    public static string PoolName(PlatformSpec spec, string cluster) => $"{spec.Name}-{cluster}";

    /// <summary>Creates what is missing and changes what differs.</summary>
    /// <param name="addresses">The ingress address of each cluster, by its name.</param>
    /// <param name="cancellationToken">Ends it; what was done stays, and the next call goes on.</param>
    /// <returns>Whether anything was changed.</returns>
    public async Task<bool> EnsureAsync(IReadOnlyDictionary<string, string> addresses, CancellationToken cancellationToken)
    {
        var (monitor, changed) = await MonitorAsync(cancellationToken);
        var pools = new List<string>();
        foreach (var cluster in spec.Clusters)
        {
            var (id, poolChanged) = await PoolAsync(cluster.Name, addresses[cluster.Name], monitor, cancellationToken);
            pools.Add(id);
            changed |= poolChanged;
        }

        return await BalancerAsync(pools, cancellationToken) || changed;
    }

    private async Task<(string Id, bool Changed)> MonitorAsync(CancellationToken cancellationToken)
    {
        var wanted = WantedObjects.Monitor(spec);
        var monitors = client.Monitors(accountId);
        var live = (await monitors.ListAsync(cancellationToken)).FirstOrDefault(m => m.Description == WantedObjects.Mark(spec));
        if (live is null)
            return ((await monitors.CreateAsync(wanted, cancellationToken)).Id!, true);
        if ((live.Type, live.Method, live.Path, live.Interval, live.Timeout, live.Retries, live.ConsecutiveDown, live.ConsecutiveUp, live.ExpectedCodes)
            == (wanted.Type, wanted.Method, wanted.Path, wanted.Interval, wanted.Timeout, wanted.Retries, wanted.ConsecutiveDown, wanted.ConsecutiveUp, wanted.ExpectedCodes))
            return (live.Id!, false);
        await monitors.PatchAsync(live.Id!, wanted, cancellationToken);
        return (live.Id!, true);
    }

    private async Task<(string Id, bool Changed)> PoolAsync(string cluster, string address, string monitor, CancellationToken cancellationToken)
    {
        var wanted = WantedObjects.Pool(spec, cluster, address, monitor);
        var pools = client.Pools(accountId);
        var live = (await pools.ListAsync(cancellationToken)).FirstOrDefault(p => p.Name == wanted.Name);
        if (live is null)
            return ((await pools.CreateAsync(wanted, cancellationToken)).Id!, true);
        if (live.Monitor == monitor && live.Enabled == true && live.Origins is [{ } origin] && origin.Address == address && origin.Name == cluster)
            return (live.Id!, false);
        await pools.PatchAsync(live.Id!, wanted, cancellationToken);
        return (live.Id!, true);
    }

    private async Task<bool> BalancerAsync(List<string> pools, CancellationToken cancellationToken)
    {
        var wanted = WantedObjects.Balancer(spec, pools);
        var balancers = client.LoadBalancers(zoneId);
        var live = (await balancers.ListAsync(cancellationToken)).FirstOrDefault(b => b.Name == spec.Hostname);
        if (live is null)
        {
            await balancers.CreateAsync(wanted, cancellationToken);
            return true;
        }

        // Unless failback is automatic, or where an operator has said so, the order is not ours to set: it says who is preferred at the moment.
        // Where readiness is enforced the standby may have been taken out, and the agent puts it back.
        var told = !spec.LoadBalancer.Failback.Automatic || Preference.Read(live.Description) is not null;
        var held = (told && live.DefaultPools?.Count == pools.Count && pools.All(live.DefaultPools.Contains))
            || (spec.EnforceReadiness && live.DefaultPools is [var only] && only == pools[0]);
        var order = held ? live.DefaultPools! : pools;
        if ((wanted.Ttl is null || live.Ttl == wanted.Ttl) && SameProxy(live, wanted) && live.SteeringPolicy == "off" && live.FallbackPool == wanted.FallbackPool && live.Enabled == true
            && live.DefaultPools is not null && live.DefaultPools.SequenceEqual(order))
            return false;
        await balancers.PatchAsync(live.Id!, wanted with { DefaultPools = order, Description = Preference.Read(live.Description) is null ? wanted.Description : live.Description }, cancellationToken);
        return true;
    }

    /// <summary>What is not there counts as its default.</summary>
    private static bool SameProxy(CloudflareLoadBalancer live, CloudflareLoadBalancer wanted) =>
        (live.Proxied == true) == (wanted.Proxied == true)
        && (live.SessionAffinity is { Length: > 0 } affinity ? affinity : "none") == wanted.SessionAffinity
        && (live.SessionAffinityAttributes?.ZeroDowntimeFailover ?? "none") == wanted.SessionAffinityAttributes!.ZeroDowntimeFailover
        && (live.AdaptiveRouting?.FailoverAcrossPools == true) == wanted.AdaptiveRouting!.FailoverAcrossPools;
}
