namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>How long a Job waits before it replaces a failed pod. Pure.</summary>
internal static class JobBackOff
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    /// <summary>10 s after the first failure since the last success, twice as long after each further one.</summary>
    /// <param name="ends">When pods ended, and whether well.</param>
    /// <param name="now">The time, in UTC.</param>
    /// <returns>What is left to wait; zero for nothing.</returns>
    public static TimeSpan Remaining(IEnumerable<(DateTime At, bool Succeeded)> ends, DateTime now)
    {
        var failures = ends.OrderByDescending(e => e.At).TakeWhile(e => !e.Succeeded).ToList();
        if (failures.Count == 0)
            return TimeSpan.Zero;
        var delay = TimeSpan.FromTicks(Math.Min(Longest.Ticks, First.Ticks << Math.Min(failures.Count - 1, 20)));
        var left = delay - WallClock.Since(failures[0].At, now);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }
}
