using System.Collections.Immutable;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Events;

/// <summary>What somebody changed, as events.</summary>
internal static class ConfigurationNews
{
    /// <summary>The events that tell of the difference.</summary>
    public static IEnumerable<BalancerEvent> Between(Configuration before, Configuration after) =>
        Changes("monitor", before.Monitors, after.Monitors, m => m.Description is { Length: > 0 } text ? text : m.Id!)
            .Concat(Changes("monitor group", before.MonitorGroups, after.MonitorGroups, g => g.Description is { Length: > 0 } text ? text : g.Id!))
            .Concat(Changes("pool", before.Pools, after.Pools, p => p.Name!))
            .Concat(Changes("load balancer", before.LoadBalancers, after.LoadBalancers, b => b.Name!))
            .Concat(Forced(before, after));

    /// <summary>An object that nobody changed is the same object.</summary>
    private static IEnumerable<BalancerEvent> Changes<T>(
        string kind, ImmutableSortedDictionary<string, T> before, ImmutableSortedDictionary<string, T> after, Func<T, string> name)
        where T : class =>
        from id in before.Keys.Union(after.Keys)
        let old = before.GetValueOrDefault(id)
        let now = after.GetValueOrDefault(id)
        where !ReferenceEquals(old, now)
        select new BalancerEvent
        {
            Type = BalancerEvent.ConfigurationChanged,
            PoolId = kind == "pool" ? id : null,
            Pool = kind == "pool" ? name(now ?? old!) : null,
            Detail = $"{kind} {name(now ?? old!)} was {(old is null ? "created" : now is null ? "deleted" : "changed")}",
        };

    private static IEnumerable<BalancerEvent> Forced(Configuration before, Configuration after) =>
        from pool in after.Pools.Values
        let old = Word(before, pool.Id!)
        let now = Word(after, pool.Id!)
        where old != now
        select new BalancerEvent
        {
            Type = BalancerEvent.Forced,
            PoolId = pool.Id,
            Pool = pool.Name,
            Reason = now,
            Detail = now == "auto" ? $"the checks decide over pool {pool.Name} again" : $"an operator forced pool {pool.Name} {now}",
        };

    private static string Word(Configuration configuration, string id) =>
        configuration.Forced.TryGetValue(id, out var up) ? up ? "up" : "down" : "auto";
}
