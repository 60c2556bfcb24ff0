using System.Collections.Immutable;

namespace Tandem.LoadBalancer.Health;

/// <summary>
/// The health of all targets, and what only all of them together tell: when every one fails for want of a route, it is this
/// machine that lost its network. Then decisions are frozen: failures are excused, and nothing goes down, until a check gets
/// as far as the network again.
/// <para>
/// A network that is lost shows itself late: checks that were under way have no answer, and end as timeouts before or after the first
/// that finds no route. So a target that has failed for want of a route, for whatever else besides, goes down only when another was
/// reached by a check that started later than the newest such failure; and neither failures nor passes of checks that started before it
/// end the freeze.
/// </para>
/// </summary>
/// <param name="Targets">The health of each target.</param>
/// <param name="Frozen">Whether decisions are frozen.</param>
public sealed record HealthBoard(ImmutableDictionary<TargetKey, TargetHealth> Targets, bool Frozen)
{
    /// <summary>No targets.</summary>
    public static HealthBoard Empty { get; } = new(ImmutableDictionary<TargetKey, TargetHealth>.Empty, false);

    /// <summary>End of the newest check of any target that failed for want of a route; null where none did.</summary>
    public DateTimeOffset? NoRouteAt { get; init; }

    /// <summary>The board after an event of one target; unchanged for a target that is not on it.</summary>
    /// <param name="key">The target.</param>
    /// <param name="happened">What happened to its check.</param>
    /// <param name="rules">The rules of each target.</param>
    public HealthBoard Apply(TargetKey key, HealthEvent happened, Func<TargetKey, HealthRules> rules)
    {
        if (!Targets.TryGetValue(key, out var before))
            return this;
        var recorded = HealthMachine.Record(before, happened, rules(key));
        var older = happened.StartedAt <= NoRouteAt;
        if (Frozen && older && happened is CheckFailed { Unreachable: false })
            return this with { Targets = Targets.SetItem(key, HealthMachine.Excuse(recorded)) };

        var proven = recorded.UnreachableAt is not { } since || ReachedSince(key, since);
        var board = this with { Targets = Targets.SetItem(key, HealthMachine.Decide(recorded, happened.At, rules(key), proven)) };
        return happened switch
        {
            CheckSlow => board,
            CheckFailed { Unreachable: true } => (board with { NoRouteAt = happened.At }).FreezeIfAlone(),
            _ => (board with { Frozen = Frozen && older }).DecideOthers(key, happened.At, rules),
        };
    }

    /// <summary>Whether a target has failed for want of a route and nothing has shown since that others can still be reached.</summary>
    public bool NeedsProof(TargetKey key) =>
        Targets.TryGetValue(key, out var health) && health is { Observed: Observed.Healthy, UnreachableAt: { } since }
        && !ReachedSince(key, since);

    private HealthBoard FreezeIfAlone() => Targets.Values.All(health => health.LastUnreachable)
        ? this with { Targets = Targets.ToImmutableDictionary(pair => pair.Key, pair => HealthMachine.Excuse(pair.Value)), Frozen = true }
        : this;

    /// <summary>The network was seen: targets that waited for that proof are decided now.</summary>
    private HealthBoard DecideOthers(TargetKey key, DateTimeOffset at, Func<TargetKey, HealthRules> rules)
    {
        var targets = Targets;
        foreach (var (other, health) in Targets)
        {
            if (other != key && health.UnreachableAt is { } since)
                targets = targets.SetItem(other, HealthMachine.Decide(health, at, rules(other), ReachedSince(other, since)));
        }

        return this with { Targets = targets };
    }

    private bool ReachedSince(TargetKey key, DateTimeOffset since) =>
        Targets.Any(pair => pair.Key != key && pair.Value.NetworkSeenAt >= since);
}
