using System.Globalization;

namespace Tandem.Kubernetes;

/// <summary>
/// The moments that objects hold, and that are therefore taken from the wall clock. What is only waited for inside the process is
/// measured by <see cref="TimeProvider.GetElapsedTime(long)"/> instead, which no step of the clock moves.
/// </summary>
internal static class WallClock
{
    /// <summary>
    /// How long ago a moment was: the distance of the two. A moment in the future is one before which the clock was set back: it is not known how
    /// long ago it was, and were it waited for, an hour's step would last an hour.
    /// </summary>
    public static TimeSpan Since(DateTimeOffset moment, DateTimeOffset now) => (now - moment).Duration();

    /// <summary>A moment as objects hold it: a meta/v1 Time, in whole seconds.</summary>
    public static string Text(DateTimeOffset moment) => moment.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
