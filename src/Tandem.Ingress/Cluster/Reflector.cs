using k8s;
using k8s.Models;

namespace Tandem.Ingress.Cluster;

/// <summary>
/// Keeps a store equal to the API: lists, watches from there on, watches again when a watch ends, lists again when the
/// resource version is too old. While the API cannot be reached the store keeps what it last knew.
/// </summary>
internal sealed class Reflector<T>(Resource<T> resource, ObjectStore<T> store, Action changed, ControllerLog log, TimeProvider time)
    where T : IMetadata<V1ObjectMeta>
{
    // The server ends a watch after this time; a connection that is dead without saying so is given up a little later.
    private const int WatchSeconds = 240;
    private static readonly TimeSpan WatchLimit = TimeSpan.FromSeconds(WatchSeconds + 15);
    private static readonly TimeSpan ListLimit = TimeSpan.FromSeconds(30);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(10));
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                var version = await ListAsync(cancellationToken);
                backoff.Succeeded();
                while (true)
                    version = await WatchAsync(version, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // Whatever it was, the next list finds out what was missed.
                log.Warning($"watching {resource.Name} was interrupted; listing again", e);
                await Task.Delay(backoff.Next(), time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task<string> ListAsync(CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(ListLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var (items, version) = await resource.List(limit.Token);
        store.Replace(items);
        changed();
        return version;
    }

    private async Task<string> WatchAsync(string version, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(WatchLimit, time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var started = time.GetTimestamp();
        Exception? failure = null;
        var any = false;
        await foreach (var (type, item) in resource.Watch(version, WatchSeconds, e => failure = e, limit.Token))
        {
            if (failure is not null || type == WatchEventType.Error)
                break;
            any = true;
            version = item.Metadata.ResourceVersion ?? version;
            if (type == WatchEventType.Bookmark)
                continue;
            store.Apply(type, item);
            changed();
        }

        if (failure is not null)
            throw failure;
        // A server that ends every watch at once is broken: without this the loop would never pause.
        return any || time.GetElapsedTime(started) > TimeSpan.FromSeconds(1)
            ? version
            : throw new IOException("the watch ended at once and without an event");
    }
}
