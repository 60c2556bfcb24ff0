namespace Tandem.Platform.Parity.Watching;

/// <summary>What is watched in a cluster at the moment; a release with other kinds or namespaces changes it.</summary>
/// <param name="start">Makes the source of a name.</param>
internal sealed class SourceSet(Func<WatchedName, WatchedSource> start) : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<WatchedName, (WatchedSource Source, CancellationTokenSource Stop, Task Running)> _running = [];

    /// <summary>The first trouble of any source; null where all is known.</summary>
    public string? Trouble
    {
        get
        {
            lock (_gate)
                return _running.Values.Select(r => r.Source.Trouble).FirstOrDefault(t => t is not null);
        }
    }

    /// <summary>Starts what is wanted and not watched yet, and ends what is no longer wanted.</summary>
    public async Task SetAsync(IReadOnlySet<WatchedName> wanted)
    {
        var ended = new List<Task>();
        lock (_gate)
        {
            foreach (var (name, running) in _running.Where(r => !wanted.Contains(r.Key)).ToList())
            {
                _running.Remove(name);
                ended.Add(EndAsync(running.Stop, running.Running));
            }

            foreach (var name in wanted.Where(name => !_running.ContainsKey(name)))
            {
                var stop = new CancellationTokenSource();
                var source = start(name);
                _running[name] = (source, stop, source.RunAsync(stop.Token));
            }
        }

        await Task.WhenAll(ended);
    }

    public async ValueTask DisposeAsync() => await SetAsync(new HashSet<WatchedName>());

    private static async Task EndAsync(CancellationTokenSource stop, Task running)
    {
        await stop.CancelAsync();
        await running;
        stop.Dispose();
    }
}

/// <summary>One list of objects.</summary>
/// <param name="ApiVersion">Such as apps/v1.</param>
/// <param name="Kind">Such as Deployment.</param>
/// <param name="Namespace">Null for all.</param>
/// <param name="Members">Whether only the release's own are watched.</param>
internal sealed record WatchedName(string ApiVersion, string Kind, string? Namespace, bool Members);
