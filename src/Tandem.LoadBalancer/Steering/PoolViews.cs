using System.Collections.Immutable;
using System.Net;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Steering;

/// <summary>From the health of origins to the health of their pools.</summary>
public static class PoolViews
{
    /// <summary>All pools as steering sees them, by identifier.</summary>
    public static ImmutableDictionary<string, PoolView> Of(Configuration configuration, HealthBoard board) =>
        configuration.Pools.Values.ToImmutableDictionary(pool => pool.Id!, pool => Of(pool, configuration, board));

    /// <summary>The target that an origin of a pool is probed as.</summary>
    public static TargetKey Key(CloudflarePool pool, CloudflareOrigin origin, CloudflareMonitor monitor) =>
        new(pool.Id!, origin.Name!, origin.Address!, Port(origin, monitor));

    private static int Port(CloudflareOrigin origin, CloudflareMonitor monitor) =>
        origin.Port is > 0 and var own ? own
        : monitor.Port is > 0 and var port ? port
        : monitor.Type == "https" ? 443 : 80;

    private static PoolView Of(CloudflarePool pool, Configuration configuration, HealthBoard board)
    {
        var monitor = pool.Monitor is { Length: > 0 } id ? configuration.Monitors[id] : null;
        var origins = pool.Origins!.Where(o => o.Enabled != false).Select(origin => (
            Address: IPAddress.Parse(origin.Address!),
            Health: monitor is null ? null : board.Targets.GetValueOrDefault(Key(pool, origin, monitor)) ?? new TargetHealth())).ToList();
        bool? forced = configuration.Forced.TryGetValue(pool.Id!, out var word) ? word : null;
        var healthy = origins.Where(o => o.Health is null or { Published: true }).ToList();
        var enough = healthy.Count >= pool.MinimumOrigins;
        return new PoolView
        {
            Id = pool.Id!,
            Name = pool.Name!,
            Enabled = pool.Enabled != false,
            Monitored = monitor is not null,
            Forced = forced,
            Observed = origins.Count(o => o.Health is null or { Observed: Observed.Healthy }) >= pool.MinimumOrigins,
            Published = forced ?? enough,
            Suspect = forced is null && healthy.Any(o => o.Health is { Suspect: true }),
            Healthy = [.. healthy.Select(o => o.Address)],
            All = [.. origins.Select(o => o.Address)],
        };
    }
}
