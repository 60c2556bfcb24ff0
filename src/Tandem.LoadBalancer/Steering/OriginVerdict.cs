using Tandem.LoadBalancer.Health;

namespace Tandem.LoadBalancer.Steering;

/// <summary>What all monitors of an origin together say.</summary>
/// <param name="Observed">Whether it is observed healthy.</param>
/// <param name="Published">Whether it is published healthy.</param>
/// <param name="Suspect">Whether a failure is being confirmed by one that counts.</param>
public readonly record struct OriginVerdict(bool Observed, bool Published, bool Suspect)
{
    /// <summary>
    /// Healthy is who passes every monitor that must be healthy, and more than half of those that count.
    /// <see href="https://developers.cloudflare.com/load-balancing/monitors/monitor-groups/">Cloudflare: monitor groups</see>.
    /// </summary>
    /// <param name="monitors">Those that count, each with its word; a single one decides alone.</param>
    public static OriginVerdict Of(IReadOnlyList<(bool MustBeHealthy, TargetHealth Health)> monitors) => new(
        Agree(monitors, health => health.Observed == Health.Observed.Healthy),
        Agree(monitors, health => health.Published),
        monitors.Any(m => m.Health.Suspect));

    private static bool Agree(IReadOnlyList<(bool MustBeHealthy, TargetHealth Health)> monitors, Func<TargetHealth, bool> healthy) =>
        monitors.All(m => !m.MustBeHealthy || healthy(m.Health)) && monitors.Count(m => healthy(m.Health)) * 2 > monitors.Count;
}
