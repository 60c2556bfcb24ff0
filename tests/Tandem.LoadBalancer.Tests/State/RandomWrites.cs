using System.Collections.Immutable;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Tests.State;

/// <summary>Changes such as the API lets through, drawn from few objects so that servers get into each other's way.</summary>
internal static class RandomWrites
{
    private static readonly string[] Ids = ["1", "2", "3"];

    /// <summary>One change; the same configuration where the API would refuse it.</summary>
    public static Configuration Next(Configuration configuration, Random random)
    {
        var id = Ids[random.Next(Ids.Length)];
        string Any(IEnumerable<string> some) => some.ElementAt(random.Next(some.Count()));
        switch (random.Next(8))
        {
            case 0:
                return configuration with { Monitors = configuration.Monitors.SetItem(id, Replica.Monitor(id, random.Next(1, 1000))) };
            case 1:
                return Delete(configuration, ObjectKind.Monitor, id, c => c with { Monitors = c.Monitors.Remove(id) });
            case 2 or 3:
                var monitor = configuration.Monitors.IsEmpty || random.Next(3) == 0 ? "" : Any(configuration.Monitors.Keys);
                return configuration with { Pools = configuration.Pools.SetItem(id, Replica.Pool(id, monitor, $"192.0.2.{random.Next(256)}")) };
            case 4:
                return Delete(configuration, ObjectKind.Pool, id, c => c with { Pools = c.Pools.Remove(id), Forced = c.Forced.Remove(id) });
            case 5 when !configuration.Pools.IsEmpty:
                var pools = Enumerable.Range(0, random.Next(1, 3)).Select(_ => Any(configuration.Pools.Keys)).ToArray();
                return configuration with { LoadBalancers = configuration.LoadBalancers.SetItem(id, Replica.Balancer(id, pools)) };
            case 6:
                return Delete(configuration, ObjectKind.LoadBalancer, id, c => c with { LoadBalancers = c.LoadBalancers.Remove(id) });
            case 7 when configuration.Pools.ContainsKey(id):
                var forced = random.Next(3) == 0 ? configuration.Forced.Remove(id) : configuration.Forced.SetItem(id, random.Next(2) == 0);
                return configuration with { Forced = forced };
            default:
                return configuration;
        }
    }

    private static Configuration Delete(Configuration configuration, ObjectKind kind, string id, Func<Configuration, Configuration> remove)
    {
        var key = new ObjectKey(kind, id);
        var objects = ConfigurationObjects.Of(configuration).ToImmutableDictionary();
        var inUse = objects.Values.SelectMany(ConfigurationObjects.References).Contains(key);
        return inUse || !objects.ContainsKey(key) ? configuration : remove(configuration);
    }
}
