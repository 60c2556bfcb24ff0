using System.Diagnostics;
using k8s;

namespace Tandem.Bench.Pods;

/// <summary>When the pods of the namespace "default" became ready, and when they were gone, as a watch told it.</summary>
internal sealed class PodWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, long> _ready = [];
    private readonly HashSet<string> _gone = [];
    private readonly SemaphoreSlim _changed = new(0);
    private readonly Lock _lock = new();
    private readonly Task _watching;

    public PodWatch(IKubernetes client) => _watching = WatchAsync(client);

    /// <returns>When the last of them was ready, by Stopwatch.</returns>
    public async Task<long> ReadyAsync(IReadOnlyCollection<string> names, CancellationToken stop)
    {
        while (true)
        {
            lock (_lock)
            {
                if (names.All(_ready.ContainsKey))
                    return names.Max(n => _ready[n]);
            }

            await ChangedAsync(stop);
        }
    }

    public async Task GoneAsync(IReadOnlyCollection<string> names, CancellationToken stop)
    {
        while (true)
        {
            lock (_lock)
            {
                if (names.All(_gone.Contains))
                    return;
            }

            await ChangedAsync(stop);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        _changed.Dispose();
    }

    private async Task ChangedAsync(CancellationToken stop)
    {
        if (await Task.WhenAny(_changed.WaitAsync(stop), _watching) == _watching)
            throw new InvalidOperationException("the watch has ended", _watching.Exception);
    }

    private async Task WatchAsync(IKubernetes client)
    {
        await foreach (var (type, pod) in client.CoreV1.WatchListNamespacedPodAsync("default", cancellationToken: _stop.Token))
        {
            var now = Stopwatch.GetTimestamp();
            lock (_lock)
            {
                if (type == WatchEventType.Deleted)
                    _gone.Add(pod.Metadata.Name);
                else if (pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) == true)
                    _ready.TryAdd(pod.Metadata.Name, now);
            }

            _changed.Release();
        }
    }
}
