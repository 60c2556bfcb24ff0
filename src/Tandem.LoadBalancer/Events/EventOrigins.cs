using System.Collections.Immutable;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Events;

/// <summary>The origins of a pool that has changed.</summary>
internal static class EventOrigins
{
    /// <param name="pool">The pool.</param>
    /// <param name="targets">Those of its origins that are probed.</param>
    /// <param name="checks">The last checks.</param>
    /// <param name="since">Since when the pool is as it is: origins that changed then have changed it.</param>
    public static IReadOnlyList<EventOrigin> Of(
        CloudflarePool pool, IReadOnlyList<KeyValuePair<TargetKey, TargetHealth>> targets,
        ImmutableDictionary<TargetKey, LastCheck> checks, DateTimeOffset since) =>
    [
        .. from origin in pool.Origins!
           let target = targets.FirstOrDefault(t => t.Key.Origin == origin.Name)
           select new EventOrigin(
               origin.Name!, origin.Address!, origin.Enabled != false,
               target.Value?.Published ?? true,
               target.Value?.PublishedSince == since,
               checks.GetValueOrDefault(target.Key)?.Result.Reason ?? FailureReason.None),
    ];
}
