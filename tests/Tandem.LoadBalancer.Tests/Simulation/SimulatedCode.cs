using System.Collections.Immutable;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>Everything of the load balancer that decides. These are the shipped functions; a test may put a wrong one in their place.</summary>
internal sealed record SimulatedCode
{
    /// <summary>What follows from the end of a check.</summary>
    public Func<Configuration, HealthBoard, TargetKey, HealthEvent, Func<TargetKey, HealthRules>, BoardStep> Step { get; init; } =
        (configuration, board, key, happened, rules) => BoardStep.Of(configuration, board, key, happened, rules, Unresolved);

    /// <summary>Origins are addresses here: no name is resolved.</summary>
    public static IReadOnlyList<System.Net.IPAddress> Unresolved(TargetKey key) => [];

    /// <summary>What a restarted process makes of what is on disk.</summary>
    public Func<StoredHealth, DateTimeOffset, TargetHealth> Resume { get; init; } = (stored, now) => stored.Resume(now);

    /// <summary>What is answered.</summary>
    public Func<CloudflareLoadBalancer, ImmutableDictionary<string, PoolView>, int, Answer> Answer { get; init; } = Decision.Answer;

    /// <summary>The clock that checks and decisions go by.</summary>
    public Func<TimeProvider, Func<DateTimeOffset>> Clock { get; init; } = time =>
    {
        var clock = new MonotonicClock(time);
        return () => clock.Now;
    };
}
