namespace Tandem.Kubernetes;

/// <summary>
/// How long ago a moment was that an object holds, and that was therefore taken from the wall clock. What is only waited for
/// inside the process is measured by <see cref="TimeProvider.GetElapsedTime(long)"/> instead, which no step of the clock moves.
/// </summary>
internal static class WallClock
{
    /// <summary>
    /// The distance of the two moments. A moment in the future is one before which the clock was set back: it is not known how
    /// long ago it was, and were it waited for, an hour's step would last an hour.
    /// </summary>
    public static TimeSpan Since(DateTimeOffset moment, DateTimeOffset now) => (now - moment).Duration();
}
