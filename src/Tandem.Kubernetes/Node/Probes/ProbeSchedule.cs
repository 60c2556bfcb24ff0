namespace Tandem.Kubernetes.Node.Probes;

/// <summary>
/// When a container is probed next: at the initial delay, then each period. A container that has not yet passed is probed more
/// often in its first period, for most are up long before that is over; such an early probe counts only where it passes.
/// </summary>
internal static class ProbeSchedule
{
    private static readonly TimeSpan Early = TimeSpan.FromMilliseconds(250);

    /// <param name="sinceFirst">Time since the first probe was due.</param>
    /// <param name="period">The probe's period.</param>
    /// <param name="waiting">A startup or readiness probe that has never passed.</param>
    /// <returns>How long to wait, and whether a failure of that probe counts.</returns>
    public static (TimeSpan Delay, bool Counts) Next(TimeSpan sinceFirst, TimeSpan period, bool waiting)
    {
        var toPeriod = TimeSpan.FromTicks(period.Ticks - sinceFirst.Ticks % period.Ticks);
        if (!waiting || sinceFirst >= period)
            return (toPeriod, true);
        var early = TimeSpan.FromTicks(Math.Max(Early.Ticks, sinceFirst.Ticks / 2));
        return early < toPeriod ? (early, false) : (toPeriod, true);
    }
}
