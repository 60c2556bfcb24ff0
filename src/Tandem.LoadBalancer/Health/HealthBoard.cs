using System.Collections.Immutable;

namespace Tandem.LoadBalancer.Health;

/// <summary>
/// The health of all targets, and what only all of them together tell: when every one fails for want of a route, it is this
/// machine that lost its network. Then decisions are frozen: failures are excused, and nothing goes down, until a check gets
/// as far as the network again.
/// </summary>
/// <param name="Targets">The health of each target.</param>
/// <param name="Frozen">Whether decisions are frozen.</param>
public sealed record HealthBoard(ImmutableDictionary<TargetKey, TargetHealth> Targets, bool Frozen)
{
    /// <summary>No targets.</summary>
    public static HealthBoard Empty { get; } = new(ImmutableDictionary<TargetKey, TargetHealth>.Empty, false);

    /// <summary>The board after an event of one target; unchanged for a target that is not on it.</summary>
    /// <param name="key">The target.</param>
    /// <param name="happened">What happened to its check.</param>
    /// <param name="rules">The rules of each target.</param>
    public HealthBoard Apply(TargetKey key, HealthEvent happened, Func<TargetKey, HealthRules> rules)
    {
        if (!Targets.TryGetValue(key, out var before))
            return this;

        // Judged on the series this event continues or begins.
        var since = before.FailingSince ?? happened.StartedAt;
        var board = this with
        {
            Targets = Targets.SetItem(key, HealthMachine.Apply(before, happened, rules(key), ReachedSince(key, since))),
        };
        if (happened is CheckSlow)
            return board;
        return happened is CheckFailed { Unreachable: true }
            ? board.FreezeIfAlone()
            : (board with { Frozen = false }).DecideOthers(key, happened.At, rules);
    }

    /// <summary>Whether a target fails for want of a route and nothing has shown yet that others can still be reached.</summary>
    public bool NeedsProof(TargetKey key) =>
        Targets.TryGetValue(key, out var health) && health.OnlyUnreachable
        && health.FailingSince is { } since && !ReachedSince(key, since);

    private HealthBoard FreezeIfAlone() => Targets.Values.All(health => health.LastUnreachable)
        ? new HealthBoard(Targets.ToImmutableDictionary(pair => pair.Key, pair => HealthMachine.Excuse(pair.Value)), true)
        : this;

    /// <summary>The network was seen: targets that waited for that proof are decided now.</summary>
    private HealthBoard DecideOthers(TargetKey key, DateTimeOffset at, Func<TargetKey, HealthRules> rules)
    {
        var targets = Targets;
        foreach (var (other, health) in Targets)
        {
            if (other != key && health.OnlyUnreachable && health.FailingSince is { } since)
                targets = targets.SetItem(other, HealthMachine.Decide(health, at, rules(other), ReachedSince(other, since)));
        }

        return this with { Targets = targets };
    }

    private bool ReachedSince(TargetKey key, DateTimeOffset since) =>
        Targets.Any(pair => pair.Key != key && pair.Value.NetworkSeenAt >= since);
}
