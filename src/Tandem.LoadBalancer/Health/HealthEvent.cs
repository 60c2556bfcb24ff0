namespace Tandem.LoadBalancer.Health;

/// <summary>Something that happened to a check of a target.</summary>
/// <param name="At">When.</param>
/// <param name="StartedAt">When the check started.</param>
public abstract record HealthEvent(DateTimeOffset At, DateTimeOffset StartedAt);

/// <summary>A whole check passed.</summary>
public sealed record CheckPassed(DateTimeOffset At, DateTimeOffset StartedAt) : HealthEvent(At, StartedAt);

/// <summary>A whole check failed.</summary>
/// <param name="At">When.</param>
/// <param name="StartedAt">When the check started.</param>
/// <param name="Unreachable">Whether this machine had no way to the target ("no route", or its name unknown): the fault may be its own.</param>
public sealed record CheckFailed(DateTimeOffset At, DateTimeOffset StartedAt, bool Unreachable) : HealthEvent(At, StartedAt);

/// <summary>A usual check (not a confirming one) has had no answer for the confirm interval, and is still under way.</summary>
public sealed record CheckSlow(DateTimeOffset At, DateTimeOffset StartedAt) : HealthEvent(At, StartedAt);
