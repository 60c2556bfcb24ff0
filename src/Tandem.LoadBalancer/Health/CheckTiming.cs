namespace Tandem.LoadBalancer.Health;

/// <summary>
/// When a target is checked, and how patiently.
/// <para>
/// Usual checks stand on a fixed grid (<c>phase + k · interval</c>), so that they do not drift and targets do not bunch. While a
/// target is being confirmed, a check starts every confirm interval after the last one <em>started</em>, beside those that
/// have no answer yet; and a check that had no answer for one confirm interval is itself reason enough to confirm.
/// </para>
/// <para>
/// How long it takes to see a target that swallows every packet, with interval I, timeout T, threshold N, confirm interval c
/// and confirm timeout k. The fault is at worst just after a check: the next one starts I later. Counted from that start, the
/// first check fails after T; the n-th confirming one starts at n·c and gives up connecting at n·c + k. N failures are there
/// after <c>max(T, (N-1)·c + k)</c>, and at the latest after <c>N·c + k</c>, however long T and its retries are:
/// <code>
///   worst    I   + min(N·c + k, max(T, (N-1)·c + k))  =  10 + min(4, max(3, 3))  =  13 s
///   typical  I/2 + the same                           =   5 + 3                  =   8 s
/// </code>
/// with the platform's 10 s, 3 s, 3 and the defaults of 1 s and 1 s. The confirm timeout covers connecting only: a server that
/// accepts but is slow keeps its whole timeout, and is seen I + T + (N-1)·c = 15 s after it stopped answering at the latest.
/// A target that refuses is seen within I + (N-1)·c = 12 s. Back again is seen within I + (U-1)·c = 11 s, U = 2.
/// </para>
/// </summary>
/// <param name="Interval">Between usual checks.</param>
/// <param name="Timeout">How long one probe may take.</param>
/// <param name="ConfirmInterval">Between confirming checks.</param>
/// <param name="ConfirmTimeout">How long a probe that confirms a failure may take to connect.</param>
public sealed record CheckTiming(TimeSpan Interval, TimeSpan Timeout, TimeSpan ConfirmInterval, TimeSpan ConfirmTimeout)
{
    /// <summary>When the next check starts.</summary>
    /// <param name="lastStart">Start of the last check; null before the first, which is due at once.</param>
    /// <param name="confirming">Whether the target is being confirmed.</param>
    /// <param name="gridStart">Any point of the target's grid.</param>
    /// <param name="now">The time.</param>
    public DateTimeOffset NextStart(DateTimeOffset? lastStart, bool confirming, DateTimeOffset gridStart, DateTimeOffset now)
    {
        if (lastStart is not { } last)
            return now;
        var onGrid = gridStart + Interval * (Math.Floor((last - gridStart) / Interval) + 1);
        if (!confirming)
            return onGrid;
        var confirm = last + ConfirmInterval;
        return confirm < onGrid ? confirm : onGrid;
    }

    /// <summary>A point of a target's grid: the targets of one interval are spread evenly over it.</summary>
    /// <param name="start">A point of the first target's grid.</param>
    /// <param name="interval">The interval of all.</param>
    /// <param name="index">Which target, from 0.</param>
    /// <param name="count">How many there are, at least 1.</param>
    public static DateTimeOffset GridStart(DateTimeOffset start, TimeSpan interval, int index, int count) => start + interval * index / count;

    /// <summary>How long a check may take to connect: shorter only while a failure is to be confirmed.</summary>
    public TimeSpan ConnectTimeout(TargetHealth health) =>
        health.Suspect && ConfirmTimeout < Timeout ? ConfirmTimeout : Timeout;
}
