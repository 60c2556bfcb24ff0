using System.Globalization;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Events;

/// <summary>Decisions in words that a person understands.</summary>
internal static class DecisionWords
{
    /// <summary>Why a pool is up or down as it is.</summary>
    /// <param name="pool">The pool.</param>
    /// <param name="targets">Its targets, each with its last check.</param>
    public static string Of(PoolView pool, IReadOnlyList<(TargetKey Key, TargetHealth Health, LastCheck? Check)> targets) =>
        pool.Forced is { } word ? $"an operator forced it {(word ? "up" : "down")}"
        : targets.Count == 0 ? "it has no monitor"
        : string.Join("; ", targets.Where(t => t.Health.Published == pool.Published).Select(t => pool.Published ? Up(t.Key, t.Health) : Down(t.Key, t.Health, t.Check)));

    /// <summary>Why a load balancer's name is answered with something else.</summary>
    /// <param name="before">The answer before; null for none since the start.</param>
    /// <param name="after">The answer now.</param>
    /// <param name="pools">All pools now.</param>
    /// <param name="configured">Whether the configuration has changed since the answer before.</param>
    public static string Of(Answer? before, Answer after, IReadOnlyDictionary<string, PoolView> pools, bool configured)
    {
        if (after.Pool is not { } now)
            return "no pool is up, and the fallback pool may not serve";
        if (before is null)
            return $"the first answer since the start: pool {now.Name}";
        var why = before.Pool is not { } old ? "nothing served before"
            : !pools.TryGetValue(old.Id, out var was) ? $"pool {old.Name} was deleted"
            : was is { Forced: false } ? $"pool {was.Name} is forced down"
            : !was.Published ? $"pool {was.Name} is down"
            : configured ? "the configuration changed"
            : was.Id == now.Id ? "its healthy origins changed"
            : $"pool {now.Name} is up again and comes first";
        return now switch
        {
            { Forced: true } => $"{why}; pool {now.Name} serves, forced up",
            { Published: true } => $"{why}; pool {now.Name} serves",
            { Observed: true, Forced: null } => $"{why}; no pool is up: pool {now.Name} serves, which was held back",
            _ => $"{why}; no pool is up: the fallback pool {now.Name} serves",
        };
    }

    /// <summary>Why an origin that is good gets no traffic yet.</summary>
    public static string Held(TargetKey key, TargetHealth health, DateTimeOffset until) => string.Create(
        CultureInfo.InvariantCulture,
        $"origin {key.Origin} is good, and held back until {until:yyyy-MM-ddTHH:mm:ssZ} since it went down {health.Flips.Length} times of late");

    private static string Down(TargetKey key, TargetHealth health, LastCheck? check) => string.Create(
        CultureInfo.InvariantCulture,
        $"origin {key.Origin}: {check?.Result.Reason ?? FailureReason.Other}, {health.Failures} failed checks since {health.FailingSince:yyyy-MM-ddTHH:mm:ss.fffZ}");

    private static string Up(TargetKey key, TargetHealth health)
    {
        var held = health.PublishedSince - health.ObservedSince;
        return string.Create(
            CultureInfo.InvariantCulture,
            $"origin {key.Origin}: {health.Successes} checks passed in a row{(held > TimeSpan.Zero ? $", held back for {held.Value.TotalSeconds:0} s" : "")}");
    }
}
