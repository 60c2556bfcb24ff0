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
/// A target goes down at once. It comes back when observed healthy, without doubt, and good for the hold time, which grows with the flips.
/// </summary>
public static class HealthMachine
{
    /// <summary>The health after an event.</summary>
    /// <param name="health">The health before.</param>
    /// <param name="happened">The event.</param>
    /// <param name="rules">Thresholds and hold times.</param>
    /// <param name="networkProven">
    /// Whether, should the target have failed for want of a route, another one has been reached since: without that proof the
    /// fault may be this machine's own, and the target is not taken down.
    /// </param>
    public static TargetHealth Apply(TargetHealth health, HealthEvent happened, HealthRules rules, bool networkProven) =>
        Decide(Record(health, happened, rules), happened.At, rules, networkProven);

    /// <summary>The health with an event on record, of which nothing is decided yet.</summary>
    public static TargetHealth Record(TargetHealth health, HealthEvent happened, HealthRules rules) => happened switch
    {
        CheckPassed passed => Passed(health, passed, rules),
        CheckFailed failed => Failed(health, failed),
        CheckSlow slow => health.Observed == Observed.Healthy ? health with { SlowSince = slow.StartedAt } : health,
        _ => throw new ArgumentException($"Unknown event {happened.GetType()}.", nameof(happened)),
    };

    /// <summary>Takes a decision that was waiting for a proof of the network, or for the hold to end.</summary>
    public static TargetHealth Decide(TargetHealth health, DateTimeOffset at, HealthRules rules, bool networkProven)
    {
        // A proof that comes late finds a target that may have passed a check meanwhile: it is not down.
        if (health is { Observed: Observed.Healthy, Successes: 0 } && health.Failures >= rules.Down
            && (networkProven || health.UnreachableAt is null))
            health = health with { Observed = Observed.Unhealthy, ObservedSince = at, SlowSince = null };
        return Publish(health, at, rules);
    }

    /// <summary>Until when damping holds a target back that is observed healthy, should no check fail; null where it does not.</summary>
    public static DateTimeOffset? HeldUntil(TargetHealth health, DateTimeOffset at, HealthRules rules) =>
        health is { Observed: Observed.Healthy, Published: false, GoodSince: { } good } ? good + rules.Hold(Recent(health.Flips, at, rules).Length) : null;

    /// <summary>Forgets failures that turned out to be this machine's own.</summary>
    public static TargetHealth Excuse(TargetHealth health) =>
        health.Observed == Observed.Healthy ? health with { Failures = 0, FailingSince = null, UnreachableAt = null } : health;

    /// <summary>Ends the hold of a target that is observed healthy.</summary>
    public static TargetHealth Release(TargetHealth health, DateTimeOffset at) => health with { Published = true, PublishedSince = at };

    private static TargetHealth Passed(TargetHealth health, CheckPassed passed, HealthRules rules)
    {
        health = health with
        {
            Successes = OneMore(health.Successes),
            GoodSince = health.GoodSince ?? passed.StartedAt,
            SlowSince = health.SlowSince == passed.StartedAt ? null : health.SlowSince,
            NetworkSeenAt = Later(health.NetworkSeenAt, passed.StartedAt),
            LastUnreachable = false,
        };
        if (health.Observed == Observed.Unknown)
        {
            var wasDown = health is { PublishedSince: not null, Published: false };
            health = health with { Observed = wasDown ? Observed.Unhealthy : Observed.Healthy, ObservedSince = passed.At };
        }

        if (health.Successes < rules.Up)
            return health;
        if (health.Observed == Observed.Unhealthy)
            health = health with { Observed = Observed.Healthy, ObservedSince = passed.At };
        return health with { Failures = 0, FailingSince = null, UnreachableAt = null };
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
            Failures = OneMore(health.Failures),
            Successes = 0,
            GoodSince = null,
            SlowSince = health.SlowSince == failed.StartedAt ? null : health.SlowSince,
            FailingSince = health.FailingSince ?? failed.StartedAt,
            UnreachableAt = failed.Unreachable ? failed.At : health.UnreachableAt,
            NetworkSeenAt = failed.Unreachable ? health.NetworkSeenAt : Later(health.NetworkSeenAt, failed.StartedAt),
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
                return health.PublishedSince is null || health is { Failures: 0, GoodSince: { } good } && at - good >= rules.Hold(flips.Length)
                    ? health with { Published = true, PublishedSince = at, Flips = flips }
                    : health;
            default:
                return health;
        }
    }

    /// <summary>A count goes on for as long as the process lives: at an interval of 1 s it would overflow after 68 years.</summary>
    private static int OneMore(int count) => count == int.MaxValue ? count : count + 1;

    /// <summary>Checks may end in another order than they started.</summary>
    private static DateTimeOffset Later(DateTimeOffset? known, DateTimeOffset started) => known > started ? known.Value : started;

    private static ImmutableArray<DateTimeOffset> Recent(ImmutableArray<DateTimeOffset> flips, DateTimeOffset at, HealthRules rules) =>
        flips.RemoveAll(flip => at - flip > rules.FlapWindow);
}
