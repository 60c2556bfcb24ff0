using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover.Lint;

/// <summary>A configuration to look at, in Cloudflare's terms.</summary>
/// <param name="Balancers">The load balancers.</param>
/// <param name="Pools">Their pools, by identifier.</param>
/// <param name="Monitors">Their pools' monitors, by identifier.</param>
/// <param name="Plan">Cloudflare's plan; null where nothing limits the interval.</param>
/// <param name="Confirms">Whether a first failure is confirmed at once, as the embedded load balancer does.</param>
public sealed record LintSubject(
    IReadOnlyList<CloudflareLoadBalancer> Balancers,
    IReadOnlyDictionary<string, CloudflarePool> Pools,
    IReadOnlyDictionary<string, CloudflareMonitor> Monitors,
    CloudflarePlan? Plan,
    bool Confirms)
{
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
        var watching = pools.Values.Select(p => p.Monitor).ToHashSet();
        var monitors = (await client.Monitors(accountId).ListAsync(cancellationToken)).Where(m => watching.Contains(m.Id)).ToDictionary(m => m.Id!);
        return new LintSubject(balancers, pools, monitors, plan, spec.LoadBalancer.Cloudflare is null);
    }

    /// <summary>The pools of a load balancer, the preferred one first and the fallback last.</summary>
    public IEnumerable<CloudflarePool> Of(CloudflareLoadBalancer balancer) =>
        PoolsOf(balancer).Distinct().Where(Pools.ContainsKey).Select(id => Pools[id]);

    /// <summary>A pool's monitor; null where it has none, or a group.</summary>
    public CloudflareMonitor? Of(CloudflarePool pool) => Monitors.GetValueOrDefault(pool.Monitor ?? "");

    private static IEnumerable<string> PoolsOf(CloudflareLoadBalancer balancer) =>
        (balancer.DefaultPools ?? []).Append(balancer.FallbackPool ?? "");
}
