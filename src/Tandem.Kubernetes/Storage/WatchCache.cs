using System.Text.Json.Nodes;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Resources.Custom;

namespace Tandem.Kubernetes.Storage;

/// <summary>
/// Follows etcd with one watch over all resources and feeds their caches. Its <see cref="Revision"/> is the newest
/// revision that every cache has seen, which makes a list over several resources consistent.
/// </summary>
internal sealed class WatchCache(EtcdStore store, Caches caches, CustomResources custom, TimeProvider time, ILogger<WatchCache> log)
    : BackgroundService
{
    public const string Root = "/registry/";

    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan CompactionInterval = TimeSpan.FromMinutes(5);

    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private long _revision;

    /// <summary>The newest revision that all caches reflect.</summary>
    public long Revision => Interlocked.Read(ref _revision);

    /// <summary>Completes when everything was read once.</summary>
    public Task Ready => _ready.Task;

    /// <summary>Completes when the caches reflect a revision: so a client reads what it wrote.</summary>
    public Task WaitForAsync(long revision, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_revision >= revision)
                return Task.CompletedTask;
            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Enqueue(reached, revision);
            return reached.Task.WaitAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var compaction = CompactAsync(stoppingToken);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                if (Revision == 0)
                    await ReloadAsync(stoppingToken);
                _ready.TrySetResult();
                await foreach (var changes in store.WatchAsync(Root, Revision + 1, stoppingToken))
                    Apply(changes);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (RevisionCompactedException e)
            {
                log.HistoryLost(e);
                await RetryReloadAsync(stoppingToken);
            }
            catch (Exception e)
            {
                log.EtcdLost(e);
                await Task.Delay(Retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        await compaction;
    }

    private async Task RetryReloadAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ReloadAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            log.EtcdLost(e);
            await Task.Delay(Retry, time, cancellationToken);
        }
    }

    private async Task ReloadAsync(CancellationToken cancellationToken)
    {
        var all = await store.RangeAsync(Root, null, 0, 0, cancellationToken);
        var byPlace = all.Kvs.ToLookup(kv => PlaceOf(kv.Key.ToStringUtf8()));

        // What kinds there are comes first, then their objects.
        var definitions = caches[CustomResources.Definitions];
        Reset(definitions);
        custom.Refresh();
        foreach (var cache in caches.All.Where(c => c != definitions))
            Reset(cache);
        Advance(all.Header.Revision);

        void Reset(ResourceCache cache) => cache.Reset(
            byPlace[cache.Storage.StorageName].Select(kv => cache.Decode(Parse(kv.Value.Span), kv.ModRevision)), all.Header.Revision);
    }

    private void Apply(IReadOnlyList<Mvccpb.Event> changes)
    {
        foreach (var change in changes)
        {
            var key = change.Kv.Key.ToStringUtf8();
            if (caches.Find(PlaceOf(key)) is not { } cache)
                continue;
            if (change.Type == Mvccpb.Event.Types.EventType.Put)
            {
                cache.Put(Parse(change.Kv.Value.Span), change.Kv.ModRevision);
            }
            else
            {
                var path = key[cache.Prefix.Length..];
                var slash = path.IndexOf('/');
                cache.Delete(slash < 0 ? "" : path[..slash], path[(slash + 1)..], change.Kv.ModRevision);
            }

            // Before anything else is read: the next change may be an object of the new kind.
            if (cache.Storage.StorageName == CustomResources.Definitions)
                custom.Refresh();
        }

        Advance(changes[^1].Kv.ModRevision);
    }

    private static string PlaceOf(string key)
    {
        var end = key.IndexOf('/', Root.Length);
        return end < 0 ? "" : key[Root.Length..end];
    }

    private void Advance(long revision)
    {
        lock (_lock)
        {
            Interlocked.Exchange(ref _revision, Math.Max(_revision, revision));
            while (_waiting.TryPeek(out var reached, out var wanted) && wanted <= _revision)
            {
                _waiting.Dequeue();
                reached.TrySetResult();
            }
        }
    }

    /// <summary>Keeps five to ten minutes of history, as kube-apiserver does.</summary>
    private async Task CompactAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(CompactionInterval, time);
        long last = 0;
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                try
                {
                    if (last > 0)
                        await store.CompactAsync(last, cancellationToken);
                    last = Revision;
                }
                catch (Grpc.Core.RpcException e)
                {
                    log.CompactionFailed(e);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The API is stopping.
        }
    }

    private static JsonObject Parse(ReadOnlySpan<byte> json) => JsonNode.Parse(json)!.AsObject();
}
