using System.Text;
using System.Text.Json;

namespace Tandem.LoadBalancer.Events;

/// <summary>The last events in memory, and all of them as lines of JSON in a file that starts anew when it grows too long.</summary>
internal sealed class EventLog
{
    /// <summary>Events kept in memory.</summary>
    public const int Capacity = 1000;

    /// <summary>The file's largest size in bytes before it becomes its own predecessor, <c>.1</c>.</summary>
    private const long MaxFile = 4 << 20;

    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly Action<Exception> _onError;
    private readonly Queue<BalancerEvent> _events = new();
    private readonly Lock _gate = new();
    private long _last;

    public EventLog(string path, TimeProvider time, Action<Exception> onError)
    {
        (_path, _time, _onError) = (path, time, onError);
        foreach (var known in Read(path + ".1").Concat(Read(path)))
            Remember(known);
    }

    /// <summary>Called with every new event, in order; must be quick and not throw.</summary>
    public event Action<BalancerEvent>? Added;

    /// <summary>Numbers and dates an event, and keeps it.</summary>
    public void Add(BalancerEvent happened)
    {
        lock (_gate)
        {
            var dated = happened with { Seq = _last + 1, At = TruncateToMilliseconds(_time.GetUtcNow()) };
            Remember(dated);
            Append(dated);
            Added?.Invoke(dated);
        }
    }

    /// <summary>The number of the newest event; 0 before the first.</summary>
    public long Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    /// <summary>The events after a number, oldest first; those that fell out of memory are gone.</summary>
    public IReadOnlyList<BalancerEvent> Since(long seq)
    {
        lock (_gate)
            return [.. _events.Where(e => e.Seq > seq)];
    }

    private void Remember(BalancerEvent happened)
    {
        _events.Enqueue(happened);
        if (_events.Count > Capacity)
            _events.Dequeue();
        _last = Math.Max(_last, happened.Seq);
    }

    private void Append(BalancerEvent happened)
    {
        try
        {
            if (File.Exists(_path) && new FileInfo(_path).Length > MaxFile)
                File.Move(_path, _path + ".1", overwrite: true);
            var line = JsonSerializer.Serialize(happened, EventJson.Default.BalancerEvent) + "\n";
            var options = new FileStreamOptions
            {
                Mode = FileMode.Append,
                Access = FileAccess.Write,
                Share = FileShare.ReadWrite,
                UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
            };
            using var file = new FileStream(_path, options);
            file.Write(Encoding.UTF8.GetBytes(line));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk must not stop failover: the event is still in memory.
            _onError(e);
        }
    }

    private static IEnumerable<BalancerEvent> Read(string path)
    {
        if (!File.Exists(path))
            yield break;
        foreach (var line in File.ReadLines(path))
        {
            if (TryRead(line) is { } happened)
                yield return happened;
        }
    }

    /// <summary>A crash may have cut the last line: what cannot be read is passed over.</summary>
    private static BalancerEvent? TryRead(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, EventJson.Default.BalancerEvent);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static DateTimeOffset TruncateToMilliseconds(DateTimeOffset at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerMillisecond));
}
