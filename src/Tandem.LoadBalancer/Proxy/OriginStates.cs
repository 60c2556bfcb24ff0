using System.Collections.Concurrent;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>What traffic has shown of every origin.</summary>
internal sealed class OriginStates(LoadBalancerOptions options, HealthEngine engine) : IDisposable
{
    private readonly ConcurrentDictionary<OriginKey, OriginState> _states = [];

    public OriginState Of(OriginView origin) => _states.GetOrAdd(OriginKey.Of(origin), key => new OriginState(
        () => engine.CheckNow(key.PoolId, key.Name), options.ConfirmInterval, () => engine.Now, options.TimeProvider));

    public OriginStanding StandingOf(OriginView origin) => _states.TryGetValue(OriginKey.Of(origin), out var state) ? state.Standing : default;

    /// <summary>Hears of the checks; forgets origins that are gone.</summary>
    public void Update(Decision decision)
    {
        var origins = decision.Pools.Values.SelectMany(pool => pool.Origins).ToDictionary(OriginKey.Of);
        var passed = engine.Snapshot.Checks
            .Where(pair => pair.Value.Result.Passed)
            .ToLookup(pair => (pair.Key.PoolId, pair.Key.Origin), pair => pair.Value.StartedAt);
        foreach (var (key, state) in _states)
        {
            var ends = passed[(key.PoolId, key.Name)];
            if (origins.TryGetValue(key, out var origin))
                state.Update(origin.Health, ends.Any() ? ends.Max() : null);
            else if (_states.TryRemove(key, out var gone))
                gone.Dispose();
        }
    }

    public void Dispose()
    {
        foreach (var state in _states.Values)
            state.Dispose();
    }
}

/// <summary>Which origin it is. One that moves is another one.</summary>
internal readonly record struct OriginKey(string PoolId, string Name, string Address, int Port)
{
    public static OriginKey Of(OriginView origin) => new(origin.PoolId, origin.Name, origin.Address, origin.Port);
}
