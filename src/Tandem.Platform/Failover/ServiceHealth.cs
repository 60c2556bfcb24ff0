using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>Who serves, as the load balancer sees it.</summary>
/// <param name="Serving">hot, standby, or null where the load balancer is not set up.</param>
/// <param name="Clusters">Each cluster's health.</param>
public sealed record ServiceHealth(string? Serving, IReadOnlyList<ClusterHealth> Clusters)
{
    /// <summary>Whether requests go through the load balancer.</summary>
    public bool Proxied { get; init; }

    /// <summary>Reads it through Cloudflare's API.</summary>
    public static async Task<ServiceHealth> ReadAsync(CloudflareClient client, string accountId, string zoneId, PlatformSpec spec, CancellationToken cancellationToken)
    {
        var pools = (await client.Pools(accountId).ListAsync(cancellationToken)).ToDictionary(p => p.Id!);
        var balancer = (await client.LoadBalancers(zoneId).ListAsync(cancellationToken)).FirstOrDefault(b => b.Name == spec.Hostname);
        var clusters = new List<ClusterHealth>();
        foreach (var cluster in spec.Clusters)
        {
            var pool = pools.Values.FirstOrDefault(p => p.Name == LoadBalancerSetup.PoolName(spec, cluster.Name));
            clusters.Add(new ClusterHealth(cluster.Name, pool?.Id, pool?.Healthy ?? false, pool?.Origins?.FirstOrDefault()?.Address, await ReasonAsync(client, accountId, pool, cancellationToken)));
        }

        return new ServiceHealth(ServingCluster(balancer, clusters), clusters) { Proxied = balancer?.Proxied == true };
    }

    /// <summary>Failover steering: the first healthy pool of the order, else the fallback.</summary>
    private static string? ServingCluster(CloudflareLoadBalancer? balancer, List<ClusterHealth> clusters) =>
        balancer is null ? null
        : ((balancer.DefaultPools ?? []).Select(id => clusters.FirstOrDefault(c => c.PoolId == id)).FirstOrDefault(c => c?.Healthy == true)
            ?? clusters.FirstOrDefault(c => c.PoolId == balancer.FallbackPool))?.Name;

    private static async Task<string?> ReasonAsync(CloudflareClient client, string accountId, CloudflarePool? pool, CancellationToken cancellationToken)
    {
        if (pool?.Id is null || pool.Healthy == true)
            return null;
        var health = await client.PoolHealthAsync(accountId, pool.Id, cancellationToken);
        return health.PopHealth?.Values.SelectMany(p => p.Origins ?? []).SelectMany(o => o.Values).Select(o => o.FailureReason).FirstOrDefault();
    }
}

/// <summary>A cluster as the load balancer sees it.</summary>
/// <param name="Name">hot or standby.</param>
/// <param name="PoolId">Its pool; null where there is none.</param>
/// <param name="Healthy">Whether it may be given traffic.</param>
/// <param name="Address">Where its ingress is.</param>
/// <param name="Reason">Why it is not healthy, in Cloudflare's words.</param>
public sealed record ClusterHealth(string Name, string? PoolId, bool Healthy, string? Address, string? Reason);
