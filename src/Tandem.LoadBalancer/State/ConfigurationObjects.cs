using System.Collections.Immutable;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.State;

/// <summary>A configuration as objects of one shape, whatever their kind.</summary>
internal static class ConfigurationObjects
{
    /// <summary>Every object, in the order of its key.</summary>
    public static IEnumerable<KeyValuePair<ObjectKey, object>> Of(Configuration configuration) =>
        Of(ObjectKind.Monitor, configuration.Monitors)
            .Concat(Of(ObjectKind.MonitorGroup, configuration.MonitorGroups))
            .Concat(Of(ObjectKind.Pool, configuration.Pools))
            .Concat(Of(ObjectKind.LoadBalancer, configuration.LoadBalancers))
            .Concat(Of(ObjectKind.Forced, configuration.Forced));

    /// <summary>The objects of those kinds of which something differs from another configuration: mostly a change touches one kind.</summary>
    public static IEnumerable<KeyValuePair<ObjectKey, object>> Of(Configuration configuration, Configuration unlike) =>
        Of(ObjectKind.Monitor, configuration.Monitors, unlike.Monitors)
            .Concat(Of(ObjectKind.MonitorGroup, configuration.MonitorGroups, unlike.MonitorGroups))
            .Concat(Of(ObjectKind.Pool, configuration.Pools, unlike.Pools))
            .Concat(Of(ObjectKind.LoadBalancer, configuration.LoadBalancers, unlike.LoadBalancers))
            .Concat(Of(ObjectKind.Forced, configuration.Forced, unlike.Forced));

    /// <summary>Whether a configuration has an object.</summary>
    public static bool Has(Configuration configuration, ObjectKey key) => key.Kind switch
    {
        ObjectKind.Monitor => configuration.Monitors.ContainsKey(key.Id),
        ObjectKind.MonitorGroup => configuration.MonitorGroups.ContainsKey(key.Id),
        ObjectKind.Pool => configuration.Pools.ContainsKey(key.Id),
        ObjectKind.LoadBalancer => configuration.LoadBalancers.ContainsKey(key.Id),
        _ => configuration.Forced.ContainsKey(key.Id),
    };

    /// <summary>
    /// A configuration with exactly these objects. What <paramref name="known"/> holds too is taken from there, so that nobody
    /// takes for a change what is none.
    /// </summary>
    public static Configuration ToConfiguration(IEnumerable<KeyValuePair<ObjectKey, object>> objects, Configuration known)
    {
        var byKind = objects.ToLookup(pair => pair.Key.Kind, pair => KeyValuePair.Create(pair.Key.Id, pair.Value));
        return new Configuration
        {
            Monitors = Update(known.Monitors, byKind[ObjectKind.Monitor]),
            MonitorGroups = Update(known.MonitorGroups, byKind[ObjectKind.MonitorGroup]),
            Pools = Update(known.Pools, byKind[ObjectKind.Pool]),
            LoadBalancers = Update(known.LoadBalancers, byKind[ObjectKind.LoadBalancer]),
            Forced = Update(known.Forced, byKind[ObjectKind.Forced]),
        };
    }

    /// <summary>What an object cannot be without.</summary>
    public static IEnumerable<ObjectKey> References(object value) => value switch
    {
        CloudflareLoadBalancer balancer => balancer.DefaultPools!.Append(balancer.FallbackPool!).Select(id => new ObjectKey(ObjectKind.Pool, id)),
        CloudflarePool pool => OfPool(pool),
        CloudflareMonitorGroup group => group.Members!.Select(member => new ObjectKey(ObjectKind.Monitor, member.MonitorId!)),
        _ => [],
    };

    private static IEnumerable<ObjectKey> OfPool(CloudflarePool pool)
    {
        if (pool.Monitor is { Length: > 0 } monitor)
            yield return new ObjectKey(ObjectKind.Monitor, monitor);
        if (pool.MonitorGroup is { Length: > 0 } group)
            yield return new ObjectKey(ObjectKind.MonitorGroup, group);
    }

    private static IEnumerable<KeyValuePair<ObjectKey, object>> Of<T>(ObjectKind kind, ImmutableSortedDictionary<string, T> all)
        where T : notnull => all.Select(pair => KeyValuePair.Create(new ObjectKey(kind, pair.Key), (object)pair.Value));

    private static IEnumerable<KeyValuePair<ObjectKey, object>> Of<T>(
        ObjectKind kind, ImmutableSortedDictionary<string, T> all, ImmutableSortedDictionary<string, T> unlike)
        where T : notnull => ReferenceEquals(all, unlike) ? [] : Of(kind, all);

    private static ImmutableSortedDictionary<string, T> Update<T>(
        ImmutableSortedDictionary<string, T> known, IEnumerable<KeyValuePair<string, object>> wanted)
    {
        var wantedById = wanted.ToDictionary(pair => pair.Key, pair => (T)pair.Value);
        return known.RemoveRange(known.Keys.Where(id => !wantedById.ContainsKey(id))).SetItems(wantedById);
    }
}
