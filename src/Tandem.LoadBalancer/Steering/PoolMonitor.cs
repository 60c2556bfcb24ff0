using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Steering;

/// <summary>A monitor that watches a pool: the pool's own, or a member of its group.</summary>
/// <param name="Monitor">What it sends, and when.</param>
/// <param name="Key">Its part of a target's key: empty for the pool's own.</param>
/// <param name="Counts">Whether it has a say in the origin's health.</param>
/// <param name="MustBeHealthy">Whether an origin that fails it is down, whatever the others say.</param>
public sealed record PoolMonitor(CloudflareMonitor Monitor, string Key, bool Counts, bool MustBeHealthy)
{
    /// <summary>All that probe a pool; none where its health is ignored.</summary>
    public static IReadOnlyList<PoolMonitor> Of(CloudflarePool pool, Configuration configuration)
    {
        if (pool.Monitor is { Length: > 0 } own)
            return [new PoolMonitor(configuration.Monitors[own], "", true, true)];
        if (pool.MonitorGroup is not { Length: > 0 } id)
            return [];
        return
        [
            .. from member in configuration.MonitorGroups[id].Members!
               where member.Enabled != false
               select new PoolMonitor(
                   configuration.Monitors[member.MonitorId!], member.MonitorId!, member.MonitoringOnly != true, member.MustBeHealthy == true),
        ];
    }
}
