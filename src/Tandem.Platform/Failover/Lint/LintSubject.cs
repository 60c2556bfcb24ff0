using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover.Lint;

/// <summary>A configuration to look at, in Cloudflare's terms.</summary>
/// <param name="Balancers">The load balancers.</param>
/// <param name="Pools">Their pools, by identifier.</param>
/// <param name="Monitors">The monitors that decide on them, by identifier.</param>
/// <param name="Plan">Cloudflare's plan; null where nothing limits the interval.</param>
/// <param name="Confirms">Whether a first failure is confirmed at once, as the embedded load balancer does.</param>
public sealed record LintSubject(
    IReadOnlyList<CloudflareLoadBalancer> Balancers,
    IReadOnlyDictionary<string, CloudflarePool> Pools,
    IReadOnlyDictionary<string, CloudflareMonitor> Monitors,
    CloudflarePlan? Plan,
    bool Confirms)
{
    /// <summary>The pools' monitor groups, by identifier.</summary>
    public IReadOnlyDictionary<string, CloudflareMonitorGroup> Groups { get; init; } = new Dictionary<string, CloudflareMonitorGroup>();

    /// <summary>What the platform file would configure.</summary>
    public static LintSubject Of(PlatformSpec spec, CloudflarePlan? plan) => new(
        [WantedObjects.Balancer(spec, [spec.Hot.Name, spec.Standby.Name])],
        spec.Clusters.ToDictionary(c => c.Name, c => WantedObjects.Pool(spec, c.Name, null, "monitor")),
        new Dictionary<string, CloudflareMonitor> { ["monitor"] = WantedObjects.Monitor(spec) },
        plan,
        spec.LoadBalancer.Cloudflare is null);

    /// <summary>What is configured: every load balancer of the zone, and what it uses.</summary>
    /// <exception cref="CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public static async Task<LintSubject> ReadAsync(
        CloudflareClient client, string accountId, string zoneId, PlatformSpec spec, CloudflarePlan? plan, CancellationToken cancellationToken)
    {
        var balancers = await client.LoadBalancers(zoneId).ListAsync(cancellationToken);
        var used = balancers.SelectMany(PoolsOf).ToHashSet();
        var pools = (await client.Pools(accountId).ListAsync(cancellationToken)).Where(p => used.Contains(p.Id!)).ToDictionary(p => p.Id!);

        // Only asked for where a pool has one: an account without the right to them would refuse.
        var groups = pools.Values.All(p => p.MonitorGroup is not { Length: > 0 })
            ? [] : (await client.MonitorGroups(accountId).ListAsync(cancellationToken)).ToDictionary(g => g.Id!);
        var monitors = (await client.Monitors(accountId).ListAsync(cancellationToken)).ToDictionary(m => m.Id!);
        var all = new LintSubject(balancers, pools, monitors, plan, spec.LoadBalancer.Cloudflare is null) { Groups = groups };
        return all with { Monitors = pools.Values.SelectMany(all.Of).DistinctBy(m => m.Id).ToDictionary(m => m.Id!) };
    }

    /// <summary>The pools of a load balancer, the preferred one first and the fallback last.</summary>
    public IEnumerable<CloudflarePool> Of(CloudflareLoadBalancer balancer) =>
        PoolsOf(balancer).Distinct().Where(Pools.ContainsKey).Select(id => Pools[id]);

    /// <summary>The monitors that decide on a pool: its own, or those of its group that count.</summary>
    public IEnumerable<CloudflareMonitor> Of(CloudflarePool pool)
    {
        var members = pool.MonitorGroup is { Length: > 0 } group && Groups.TryGetValue(group, out var known) ? known.Members ?? [] : [];
        var ids = pool.Monitor is { Length: > 0 } own ? [own] : members.Where(m => m is { Enabled: not false, MonitoringOnly: not true }).Select(m => m.MonitorId!);
        return ids.Where(Monitors.ContainsKey).Select(id => Monitors[id]);
    }

    private static IEnumerable<string> PoolsOf(CloudflareLoadBalancer balancer) =>
        (balancer.DefaultPools ?? []).Append(balancer.FallbackPool ?? "");
}
