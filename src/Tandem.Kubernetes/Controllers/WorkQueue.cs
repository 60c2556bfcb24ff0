using System.Threading.Channels;

namespace Tandem.Kubernetes.Controllers;

/// <summary>
/// Keys that need work: each at most once in the queue, never worked on twice at the same time, and again later where it
/// failed, at longer and longer intervals.
/// </summary>
internal sealed class WorkQueue(TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(60);

    /// <summary>A timer takes 49 days at most, and a CronJob may have to wait for a year.</summary>
    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(1);

    private readonly Channel<string> _ready = Channel.CreateUnbounded<string>();
    private readonly Lock _lock = new();
    private readonly HashSet<string> _waiting = [];
    private readonly HashSet<string> _working = [];
    private readonly Dictionary<string, int> _failures = [];
    private readonly Dictionary<string, (TimeSpan Due, ITimer Timer)> _later = [];

    public void Add(string key)
    {
        lock (_lock)
            if (_waiting.Add(key) && !_working.Contains(key))
                _ready.Writer.TryWrite(key);
    }

    /// <summary>
    /// Adds a key later. Of several wishes for one key the soonest counts, as whoever looks at it then asks again for what is left;
    /// a long wait may be cut short for the same reason.
    /// </summary>
    public void AddAfter(string key, TimeSpan delay)
    {
        if (delay <= TimeSpan.Zero)
        {
            Add(key);
            return;
        }

        delay = delay < LongestDelay ? delay : LongestDelay;
        var due = time.GetElapsedTime(0) + delay;
        lock (_lock)
        {
            if (_later.TryGetValue(key, out var known))
            {
                if (known.Due <= due)
                    return;
                known.Timer.Dispose();
            }

            _later[key] = (due, time.CreateTimer(_ => Ripen(key, due), null, delay, Timeout.InfiniteTimeSpan));
        }
    }

    /// <summary>The next key; <see cref="Done"/> must follow.</summary>
    public async Task<string> TakeAsync(CancellationToken cancellationToken)
    {
        var key = await _ready.Reader.ReadAsync(cancellationToken);
        lock (_lock)
        {
            _waiting.Remove(key);
            _working.Add(key);
        }

        return key;
    }

    /// <summary>Ends the work on a key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="again">Whether it failed and is to be tried again.</param>
    /// <returns>When it will be tried again; null for not.</returns>
    public TimeSpan? Done(string key, bool again)
    {
        TimeSpan? retry = null;
        lock (_lock)
        {
            _working.Remove(key);
            if (again)
            {
                var failures = _failures[key] = _failures.GetValueOrDefault(key) + 1;
                retry = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, FirstRetry.Ticks << Math.Min(failures - 1, 20)));
            }
            else
            {
                _failures.Remove(key);
            }

            // It changed while it was worked on.
            if (_waiting.Contains(key))
                _ready.Writer.TryWrite(key);
        }

        if (retry is { } delay)
            AddAfter(key, delay);
        return retry;
    }

    private void Ripen(string key, TimeSpan due)
    {
        lock (_lock)
        {
            // A sooner wish may have taken its place while this timer was on its way.
            if (_later.TryGetValue(key, out var known) && known.Due == due)
            {
                known.Timer.Dispose();
                _later.Remove(key);
            }
        }

        Add(key);
    }
}
