using System.Globalization;

namespace Tandem.Platform.Spec;

/// <summary>What stands against changes; that a cluster which cannot serve is never given the traffic of one that can is a rule of its own, always.</summary>
/// <param name="Freeze">When nothing is changed.</param>
/// <param name="CoolDown">The least time between two moves of traffic by an operator's word.</param>
public sealed record SafetySpec(IReadOnlyList<FreezeWindow> Freeze, TimeSpan CoolDown)
{
    /// <summary>No rule.</summary>
    public static readonly SafetySpec None = new([], TimeSpan.Zero);
}

/// <summary>A time in which nothing is changed: once, or every week.</summary>
/// <param name="Reason">Why; null for nothing to say.</param>
public abstract record FreezeWindow(string? Reason)
{
    /// <summary>Whether a moment is in it. Its end is not.</summary>
    public abstract bool Covers(DateTimeOffset now);
}

/// <summary>From one moment to another.</summary>
/// <param name="From">Its beginning.</param>
/// <param name="To">Its end.</param>
/// <param name="Reason">Why; null for nothing to say.</param>
public sealed record FreezeOnce(DateTimeOffset From, DateTimeOffset To, string? Reason) : FreezeWindow(Reason)
{
    /// <inheritdoc/>
    public override bool Covers(DateTimeOffset now) => now >= From && now < To;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"from {From:yyyy-MM-dd HH:mm zzz} to {To:yyyy-MM-dd HH:mm zzz}");
}

/// <summary>On some days of every week, from one time of the day to another; over midnight where the end is not after the beginning.</summary>
/// <param name="Days">The days on which it begins.</param>
/// <param name="From">When it begins.</param>
/// <param name="To">When it ends.</param>
/// <param name="Zone">Whose clock that is.</param>
/// <param name="Reason">Why; null for nothing to say.</param>
public sealed record FreezeWeekly(IReadOnlyList<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone, string? Reason) : FreezeWindow(Reason)
{
    /// <inheritdoc/>
    public override bool Covers(DateTimeOffset now)
    {
        var local = TimeZoneInfo.ConvertTime(now, Zone);
        var (day, time) = (local.DayOfWeek, TimeOnly.FromTimeSpan(local.TimeOfDay));
        if (From < To)
            return Days.Contains(day) && time >= From && time < To;
        var yesterday = (DayOfWeek)(((int)day + 6) % 7);
        return (Days.Contains(day) && time >= From) || (Days.Contains(yesterday) && time < To);
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"on {string.Join(", ", Days)} from {From:HH\\:mm} to {To:HH\\:mm} ({Zone.Id})");
}
