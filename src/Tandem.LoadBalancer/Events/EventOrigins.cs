using System.Collections.Immutable;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Events;

/// <summary>The origins of a pool that has changed.</summary>
internal static class EventOrigins
{
    /// <param name="pool">The pool.</param>
    /// <param name="configuration">What watches it.</param>
    /// <param name="board">The health of all targets.</param>
    /// <param name="checks">The last checks.</param>
    /// <param name="since">Since when the pool is as it is: origins that changed then have changed it.</param>
    public static IReadOnlyList<EventOrigin> Of(
        CloudflarePool pool, Configuration configuration, HealthBoard board, ImmutableDictionary<TargetKey, LastCheck> checks, DateTimeOffset since)
    {
        var monitors = PoolMonitor.Of(pool, configuration);
        return
        [
            .. from origin in pool.Origins!
               let targets = monitors.Where(m => m.Counts).Select(m => PoolViews.Key(pool, origin, m)).Where(board.Targets.ContainsKey).ToList()
               select new EventOrigin(
                   origin.Name!, origin.Address!, origin.Enabled != false,
                   PoolViews.Verdict(pool, origin, monitors, board)?.Published ?? true,
                   targets.Any(key => board.Targets[key].PublishedSince == since),
                   targets.Select(key => checks.GetValueOrDefault(key)?.Result.Reason).FirstOrDefault(reason => reason is not (null or FailureReason.None))
                       ?? FailureReason.None),
        ];
    }
}
