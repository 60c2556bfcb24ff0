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
    /// <param name="configuration">The pools.</param>
    /// <param name="board">The health of their origins.</param>
    /// <param name="resolved">The addresses that an origin's host name had last; none where it was never resolved.</param>
    public static ImmutableDictionary<string, PoolView> Of(
        Configuration configuration, HealthBoard board, Func<TargetKey, IReadOnlyList<IPAddress>> resolved) =>
        configuration.Pools.Values.ToImmutableDictionary(pool => pool.Id!, pool => Of(pool, configuration, board, resolved));

    /// <summary>The target that an origin of a pool is probed as.</summary>
    public static TargetKey Key(CloudflarePool pool, CloudflareOrigin origin, PoolMonitor by) =>
        new(pool.Id!, origin.Name!, origin.Address!, Port(origin, by.Monitor), by.Key);

    /// <summary>What the monitors of an origin that count say; null where health is ignored.</summary>
    public static OriginVerdict? Verdict(CloudflarePool pool, CloudflareOrigin origin, IReadOnlyList<PoolMonitor> monitors, HealthBoard board) =>
        monitors.Count == 0 ? null : OriginVerdict.Of(
        [
            .. monitors.Where(by => by.Counts)
                .Select(by => (by.MustBeHealthy, board.Targets.GetValueOrDefault(Key(pool, origin, by)) ?? new TargetHealth())),
        ]);

    private static int Port(CloudflareOrigin origin, CloudflareMonitor monitor) =>
        origin.Port is > 0 and var own ? own
        : monitor.Port is > 0 and var port ? port
        : monitor.Type == "https" ? 443 : 80;

    private static PoolView Of(
        CloudflarePool pool, Configuration configuration, HealthBoard board, Func<TargetKey, IReadOnlyList<IPAddress>> resolved)
    {
        var monitors = PoolMonitor.Of(pool, configuration);
        var origins = pool.Origins!.Where(o => o.Enabled != false)
            .Select(origin => (Origin: origin, Health: Verdict(pool, origin, monitors, board))).ToList();
        bool? forced = configuration.Forced.TryGetValue(pool.Id!, out var word) ? word : null;
        var healthy = origins.Where(o => o.Health is null or { Published: true }).ToList();
        var enough = healthy.Count >= pool.MinimumOrigins;

        // An origin of weight 0 is checked and counted, and gets no traffic.
        var none = origins.All(o => o.Origin.Weight == 0);
        IReadOnlyList<IPAddress> Addresses(IEnumerable<(CloudflareOrigin Origin, OriginVerdict? Health)> some) =>
        [
            .. some.Where(o => none || o.Origin.Weight != 0).SelectMany(o => AddressesOf(pool, o.Origin, monitors, resolved)).Distinct(),
        ];
        return new PoolView
        {
            Id = pool.Id!,
            Name = pool.Name!,
            Enabled = pool.Enabled != false,
            Monitored = monitors.Count > 0,
            Forced = forced,
            Observed = origins.Count(o => o.Health is null or { Observed: true }) >= pool.MinimumOrigins,
            Published = forced ?? enough,
            Suspect = forced is null && healthy.Any(o => o.Health is { Suspect: true }),
            Healthy = Addresses(healthy),
            All = Addresses(origins),
            Origins = [.. origins.Select(o => OriginOf(pool, o.Origin, o.Health, monitors, AddressesOf(pool, o.Origin, monitors, resolved)))],
        };
    }

    /// <summary>
    /// TLS is spoken on port 443 and where the monitor speaks it. With neither a port nor such a monitor an origin is spoken to as
    /// the client speaks, on that scheme's port: Cloudflare's "Full" modes.
    /// </summary>
    private static OriginView OriginOf(
        CloudflarePool pool, CloudflareOrigin origin, OriginVerdict? health, IReadOnlyList<PoolMonitor> monitors, IEnumerable<IPAddress> addresses)
    {
        var secure = monitors.Any(by => by.Monitor.Type == "https");
        var port = origin.Port is > 0 and var own ? own : secure ? 443 : 0;
        return new OriginView
        {
            PoolId = pool.Id!,
            Pool = pool.Name!,
            Name = origin.Name!,
            Address = origin.Address!,
            Addresses = [.. addresses.Distinct()],
            Port = port,
            Tls = port == 0 ? null : secure || port == 443,
            Host = origin.Header?.FirstOrDefault(pair => pair.Key.Equals("Host", StringComparison.OrdinalIgnoreCase)).Value?.FirstOrDefault(),
            Weight = origin.Weight ?? 1,
            Health = health,
        };
    }

    private static IEnumerable<IPAddress> AddressesOf(
        CloudflarePool pool, CloudflareOrigin origin, IReadOnlyList<PoolMonitor> monitors, Func<TargetKey, IReadOnlyList<IPAddress>> resolved) =>
        IPAddress.TryParse(origin.Address!, out var address) ? [address] : monitors.SelectMany(by => resolved(Key(pool, origin, by)));
}
