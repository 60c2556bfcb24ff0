using System.Collections.Immutable;

namespace Tandem.LoadBalancer.Health;

/// <summary>What probes say of a target.</summary>
public enum Observed
{
    /// <summary>No check has ended since the start; not healthy.</summary>
    Unknown,

    /// <summary>Enough checks passed.</summary>
    Healthy,

    /// <summary>Enough checks failed.</summary>
    Unhealthy,
}

/// <summary>A target's health at a moment; changed only by <see cref="HealthMachine"/>.</summary>
public sealed record TargetHealth
{
    /// <summary>What probes say.</summary>
    public Observed Observed { get; init; }

    /// <summary>Since when they say so.</summary>
    public DateTimeOffset ObservedSince { get; init; }

    /// <summary>What steering goes by: follows the observed health, but returns to true only after the hold.</summary>
    public bool Published { get; init; }

    /// <summary>Since when it is published so; null before the first decision.</summary>
    public DateTimeOffset? PublishedSince { get; init; }

    /// <summary>Failed checks since the target was last beyond doubt.</summary>
    public int Failures { get; init; }

    /// <summary>Passed checks in a row.</summary>
    public int Successes { get; init; }

    /// <summary>Start of the check that has been without an answer for too long; null where there is none.</summary>
    public DateTimeOffset? SlowSince { get; init; }

    /// <summary>Start of the first failed check of the present series; null where there is none.</summary>
    public DateTimeOffset? FailingSince { get; init; }

    /// <summary>End of the newest check of the series that failed for want of a route; null where none did.</summary>
    public DateTimeOffset? UnreachableAt { get; init; }

    /// <summary>Start of the first check of the present unbroken run of passed ones; null where the last check failed.</summary>
    public DateTimeOffset? GoodSince { get; init; }

    /// <summary>When the target went down, as far back as the flap window reaches.</summary>
    public ImmutableArray<DateTimeOffset> Flips { get; init; } = [];

    /// <summary>Start of the newest check that got as far as the network; null where none did.</summary>
    public DateTimeOffset? NetworkSeenAt { get; init; }

    /// <summary>Whether the last check that ended failed for want of a route.</summary>
    public bool LastUnreachable { get; init; }

    /// <summary>Healthy so far, but with an unexplained failure or a check that has no answer yet.</summary>
    public bool Suspect => Observed == Observed.Healthy && (Failures > 0 || SlowSince is not null);

    /// <summary>Not healthy, but its last check passed.</summary>
    public bool Recovering => Observed == Observed.Unhealthy && Successes > 0;

    /// <summary>Whether the next check is due after the confirm interval and not the usual one.</summary>
    public bool Confirming => Suspect || Recovering;
}
