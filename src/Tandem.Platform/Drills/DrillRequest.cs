namespace Tandem.Platform.Drills;

/// <summary>One request of a drill.</summary>
/// <param name="At">When it was sent.</param>
/// <param name="Duration">How long it took.</param>
/// <param name="Target">The address where it went, or with a proxy the pool that answered; null where there was none.</param>
/// <param name="Failure">Why there was no good answer; null where there was one.</param>
/// <param name="Path">What was asked for.</param>
public sealed record DrillRequest(DateTimeOffset At, TimeSpan Duration, string? Target, string? Failure, string Path)
{
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    /// <summary>Whether it was answered, and took longer than 1 s.</summary>
    public bool IsSlow => Succeeded && Duration > Slow;

    /// <summary>Whether the answer was a success.</summary>
    public bool Succeeded => Failure is null;
}

/// <summary>Requests of a drill that failed in the same way.</summary>
/// <param name="Reason">Why.</param>
/// <param name="Count">How many.</param>
/// <param name="FirstAt">When the first of them was sent.</param>
/// <param name="LastAt">When the last of them was sent.</param>
public sealed record DrillFailures(string Reason, int Count, DateTimeOffset FirstAt, DateTimeOffset LastAt)
{
    /// <summary>The failures among requests, the most frequent first.</summary>
    public static IReadOnlyList<DrillFailures> Of(IEnumerable<DrillRequest> requests) =>
    [
        .. requests.Where(r => !r.Succeeded).GroupBy(r => r.Failure!)
            .Select(g => new DrillFailures(g.Key, g.Count(), g.Min(r => r.At), g.Max(r => r.At)))
            .OrderByDescending(f => f.Count).ThenBy(f => f.Reason, StringComparer.Ordinal),
    ];
}
