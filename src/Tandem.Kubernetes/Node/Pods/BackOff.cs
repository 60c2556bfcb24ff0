namespace Tandem.Kubernetes.Node.Pods;

/// <summary>
/// How long what failed must wait before it is tried again: 10 s, doubling to 300 s, and from the start again after
/// twice the longest delay (10 minutes) without a failure.
/// </summary>
internal sealed class BackOff
{
    public static readonly TimeSpan Initial = TimeSpan.FromSeconds(10);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(300);

    private readonly Dictionary<string, Entry> _entries = [];

    /// <summary>What is left to wait after a failure at <paramref name="failedAt"/>; zero or less means try now.</summary>
    public TimeSpan Remaining(string key, DateTimeOffset failedAt, DateTimeOffset now)
    {
        if (!_entries.TryGetValue(key, out var entry) || Expired(entry, failedAt))
            return TimeSpan.Zero;
        return entry.Delay - WallClock.Since(failedAt, now);
    }

    /// <summary>Records one more try after the failure at <paramref name="failedAt"/>.</summary>
    public void Next(string key, DateTimeOffset failedAt, DateTimeOffset now)
    {
        var delay = _entries.TryGetValue(key, out var entry) && !Expired(entry, failedAt)
            ? TimeSpan.FromTicks(Math.Min(entry.Delay.Ticks * 2, Longest.Ticks))
            : Initial;
        _entries[key] = new Entry(delay, now);
    }

    public TimeSpan Delay(string key) => _entries.TryGetValue(key, out var entry) ? entry.Delay : TimeSpan.Zero;

    public void Forget(string key) => _entries.Remove(key);

    private static bool Expired(Entry entry, DateTimeOffset failedAt) => failedAt - entry.Updated > 2 * Longest;

    private readonly record struct Entry(TimeSpan Delay, DateTimeOffset Updated);
}
