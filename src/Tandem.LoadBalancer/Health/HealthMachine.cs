using System.Collections.Immutable;

namespace Tandem.LoadBalancer.Health;

/// <summary>
/// All transitions of one target's health: a pure function of what was, what happened and when. What each event does:
/// <list type="bullet">
/// <item><b>A check passed.</b> Unknown: healthy at once, or, when an earlier process had published it down, one success of those it
/// needs. Healthy: nothing, or with failures on record one success of the <c>Up</c> in a row that clear them (so failures with
/// single successes between them add up). Unhealthy: one success; healthy at <c>Up</c>.</item>
/// <item><b>A check failed.</b> Unknown: unhealthy at once, or, when an earlier process had published it up, the first failure of a
/// healthy one. Healthy: one more failure, and unhealthy at <c>Down</c>. Unhealthy: the successes so far are lost.</item>
/// <item><b>A check is slow.</b> Healthy: suspect until that check ends, so that confirming checks start beside it. Unknown,
/// unhealthy: nothing, for there is nothing to lose.</item>
/// </list>
/// A target goes down at once. It comes back when observed healthy and good for the hold time, which grows with the flips.
/// </summary>
public static class HealthMachine
{
    /// <summary>The health after an event.</summary>
    /// <param name="health">The health before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="rules">Thresholds and hold times.</param>
    /// <param name="networkProven">
    /// Whether, should the target be failing for want of a route alone, another one has been reached since: without that proof the
    /// fault may be this machine's own, and the target is not taken down.
    /// </param>
    public static TargetHealth Apply(TargetHealth health, HealthEvent happened, HealthRules rules, bool networkProven) =>
        Decide(happened switch
        {
            CheckPassed passed => Passed(health, passed, rules),
            CheckFailed failed => Failed(health, failed),
            CheckSlow slow => health.Observed == Observed.Healthy ? health with { SlowSince = slow.StartedAt } : health,
            _ => throw new ArgumentException($"Unknown event {happened.GetType()}.", nameof(happened)),
        }, happened.At, rules, networkProven);

    /// <summary>Takes a decision that was waiting for a proof of the network, or for the hold to end.</summary>
    public static TargetHealth Decide(TargetHealth health, DateTimeOffset at, HealthRules rules, bool networkProven)
    {
        if (health.Observed == Observed.Healthy && health.Failures >= rules.Down && (networkProven || !health.OnlyUnreachable))
            health = health with { Observed = Observed.Unhealthy, ObservedSince = at, SlowSince = null };
        return Publish(health, at, rules);
    }

    /// <summary>Forgets failures that turned out to be this machine's own.</summary>
    public static TargetHealth Excuse(TargetHealth health) =>
        health.Observed == Observed.Healthy && health.OnlyUnreachable ? health with { Failures = 0, FailingSince = null } : health;

    private static TargetHealth Passed(TargetHealth health, CheckPassed passed, HealthRules rules)
    {
        health = health with
        {
            Successes = health.Successes + 1,
            GoodSince = health.GoodSince ?? passed.StartedAt,
            SlowSince = health.SlowSince == passed.StartedAt ? null : health.SlowSince,
            NetworkSeenAt = passed.At,
            LastUnreachable = false,
        };
        if (health.Observed == Observed.Unknown)
        {
            var wasDown = health is { PublishedSince: not null, Published: false };
            health = health with { Observed = wasDown ? Observed.Unhealthy : Observed.Healthy, ObservedSince = passed.At };
        }

        if (health.Successes < rules.Up)
            return health.Failures == 0 || health.Observed == Observed.Unhealthy ? health : health with { OnlyUnreachable = false };
        if (health.Observed == Observed.Unhealthy)
            health = health with { Observed = Observed.Healthy, ObservedSince = passed.At };
        return health with { Failures = 0, FailingSince = null, OnlyUnreachable = false };
    }

    private static TargetHealth Failed(TargetHealth health, CheckFailed failed)
    {
        if (health.Observed == Observed.Unknown)
        {
            var wasUp = health is { PublishedSince: not null, Published: true };
            health = health with { Observed = wasUp ? Observed.Healthy : Observed.Unhealthy, ObservedSince = failed.At };
        }

        return health with
        {
            Failures = health.Failures + 1,
            Successes = 0,
            GoodSince = null,
            SlowSince = health.SlowSince == failed.StartedAt ? null : health.SlowSince,
            FailingSince = health.FailingSince ?? failed.StartedAt,
            OnlyUnreachable = failed.Unreachable && (health.Failures == 0 || health.OnlyUnreachable),
            NetworkSeenAt = failed.Unreachable ? health.NetworkSeenAt : failed.At,
            LastUnreachable = failed.Unreachable,
        };
    }

    private static TargetHealth Publish(TargetHealth health, DateTimeOffset at, HealthRules rules)
    {
        switch (health.Observed)
        {
            case Observed.Unhealthy when health.Published || health.PublishedSince is null:
                // The first decision of all is no flip: nothing was up before.
                var flips = health.PublishedSince is null ? health.Flips : Recent(health.Flips, at, rules).Add(at);
                return health with { Published = false, PublishedSince = at, Flips = flips };
            case Observed.Healthy when !health.Published:
                flips = Recent(health.Flips, at, rules);
                return health.PublishedSince is null || health.GoodSince is { } good && at - good >= rules.Hold(flips.Length)
                    ? health with { Published = true, PublishedSince = at, Flips = flips }
                    : health;
            default:
                return health;
        }
    }

    private static ImmutableArray<DateTimeOffset> Recent(ImmutableArray<DateTimeOffset> flips, DateTimeOffset at, HealthRules rules) =>
        flips.RemoveAll(flip => at - flip > rules.FlapWindow);
}
