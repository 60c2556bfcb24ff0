using System.Collections.Immutable;
using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;

namespace Tandem.Client;

/// <summary>
/// Keeps a copy of the API's objects of one kind and tells their changes in order: lists once, then watches, and lists again
/// where the server can no longer tell what changed (410 Gone). Lost connections are taken up at the last revision seen.
/// </summary>
/// <typeparam name="T">The kind.</typeparam>
/// <param name="source">Where the objects come from.</param>
/// <param name="changed">Told each change, one after the other; must neither wait nor throw.</param>
/// <param name="time">The clock of back-off.</param>
/// <param name="report">Told of failures, in one line each; they are survived.</param>
public sealed class Informer<T>(InformerSource<T> source, Action<InformerEvent<T>> changed, TimeProvider time, Action<string> report)
    where T : class, IKubernetesObject<V1ObjectMeta>
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    // A connection that died without a word is given up this long after the server should have ended the watch.
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(InformerSource<T>.WatchSeconds + 30);

    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<string, T> _cache = ImmutableDictionary<string, T>.Empty;
    private string? _version;

    /// <summary>The objects as of now, by <c>namespace/name</c> (or name, where there is no namespace): an immutable snapshot.</summary>
    public IReadOnlyDictionary<string, T> Cache => Volatile.Read(ref _cache);

    /// <summary>Done when the first list has been told in full.</summary>
    public Task Synced => _synced.Task;

    /// <summary>Runs until cancelled; failures are logged and tried again, with back-off.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                if (_version is null)
                    await ListAsync(cancellationToken);
                var began = time.GetTimestamp();
                if (await WatchAsync(cancellationToken) || time.GetElapsedTime(began) > TimeSpan.FromSeconds(1))
                {
                    retry = FirstRetry;
                    continue;
                }
                // Ended at once and without an event: a server in trouble, not to be asked again at once.
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (IsExpired(e))
                    _version = null;
                report($"Watch of {typeof(T).Name}: {e.Message}; again in {retry.TotalSeconds} s");
            }
            catch (Exception) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }

            await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
        }
    }

    private static bool IsExpired(Exception e) => e switch
    {
        HttpOperationException http => http.Response.StatusCode is HttpStatusCode.Gone,
        KubernetesException status => status.Status?.Code == (int)HttpStatusCode.Gone,
        _ => false,
    };

    private static string Key(T item) =>
        item.Metadata.NamespaceProperty is { Length: > 0 } ns ? $"{ns}/{item.Metadata.Name}" : item.Metadata.Name;

    private async Task ListAsync(CancellationToken cancellationToken)
    {
        var (items, version) = await source.List(cancellationToken);
        var listed = items.ToImmutableDictionary(Key);
        foreach (var (key, old) in _cache)
        {
            if (!listed.ContainsKey(key))
                Delete(key, old);
        }

        foreach (var (key, item) in listed)
            Put(key, item);
        _version = version;
        _synced.TrySetResult();
    }

    // Whether any event came.
    private async Task<bool> WatchAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(WatchLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var any = false;
        await foreach (var (type, item) in source.Watch(_version!, both.Token).WithCancellation(both.Token))
        {
            any = true;
            _version = item.Metadata.ResourceVersion;
            if (type is WatchEventType.Added or WatchEventType.Modified)
                Put(Key(item), item);
            else if (type is WatchEventType.Deleted)
                Delete(Key(item), item);
        }

        return any;
    }

    private void Put(string key, T item)
    {
        _cache.TryGetValue(key, out var old);
        if (old?.Metadata.ResourceVersion == item.Metadata.ResourceVersion)
            return;
        // Deleted and made again under the same name while nobody watched: two objects, not one that changed.
        if (old is not null && old.Metadata.Uid != item.Metadata.Uid)
        {
            Delete(key, old);
            old = null;
        }

        Volatile.Write(ref _cache, _cache.SetItem(key, item));
        changed(new InformerEvent<T>(old, item));
    }

    private void Delete(string key, T last)
    {
        if (!_cache.ContainsKey(key))
            return;
        Volatile.Write(ref _cache, _cache.Remove(key));
        changed(new InformerEvent<T>(last, null));
    }
}
