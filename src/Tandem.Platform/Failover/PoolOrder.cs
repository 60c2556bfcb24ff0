using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>The load balancer's default_pools, through Cloudflare's API.</summary>
/// <param name="client">The API.</param>
/// <param name="accountId">The pools' account.</param>
/// <param name="zoneId">The hostname's zone.</param>
/// <param name="spec">Whose pools.</param>
public sealed class PoolOrder(CloudflareClient client, string accountId, string zoneId, PlatformSpec spec)
{
    /// <summary>The order and the pools' health; null while <c>tandem up</c> has not set the load balancer up.</summary>
    /// <exception cref="CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public async Task<PoolOrderState?> ReadAsync(CancellationToken cancellationToken)
    {
        var pools = await client.Pools(accountId).ListAsync(cancellationToken);
        var balancer = (await client.LoadBalancers(zoneId).ListAsync(cancellationToken)).FirstOrDefault(b => b.Name == spec.Hostname);
        var (hot, standby) = (Find(pools, spec.Hot), Find(pools, spec.Standby));
        return balancer is null || hot is null || standby is null ? null
            : new PoolOrderState(balancer.Id!, balancer.DefaultPools ?? [], hot, standby, Preference.Read(balancer.Description));
    }

    /// <summary>Changes the order and nothing else.</summary>
    /// <exception cref="CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public Task WriteAsync(PoolOrderState state, IReadOnlyList<string> order, CancellationToken cancellationToken) =>
        client.LoadBalancers(zoneId).PatchAsync(state.LoadBalancer, new CloudflareLoadBalancer { DefaultPools = order }, cancellationToken);

    /// <summary>Changes the order and the operator's word in one request.</summary>
    /// <param name="state">What was read.</param>
    /// <param name="order">The pools, the preferred one first.</param>
    /// <param name="preference">The operator's word; null takes it back.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="CloudflareException">The API refused.</exception>
    /// <exception cref="HttpRequestException">The API cannot be reached.</exception>
    public Task WriteAsync(PoolOrderState state, IReadOnlyList<string> order, Preference? preference, CancellationToken cancellationToken) =>
        client.LoadBalancers(zoneId).PatchAsync(
            state.LoadBalancer,
            new CloudflareLoadBalancer { DefaultPools = order, Description = Preference.Write(WantedObjects.Mark(spec), preference) },
            cancellationToken);

    private CloudflarePool? Find(IReadOnlyList<CloudflarePool> pools, ClusterSpec cluster) =>
        pools.FirstOrDefault(p => p.Name == LoadBalancerSetup.PoolName(spec, cluster.Name));
}

/// <summary>The order as it is.</summary>
/// <param name="LoadBalancer">The load balancer's identifier.</param>
/// <param name="Order">Its default_pools.</param>
/// <param name="Hot">The hot cluster's pool.</param>
/// <param name="Standby">The standby's.</param>
/// <param name="Preference">An operator's word that stands above the failback policy; null for none.</param>
public sealed record PoolOrderState(
    string LoadBalancer, IReadOnlyList<string> Order, CloudflarePool Hot, CloudflarePool Standby, Preference? Preference);
