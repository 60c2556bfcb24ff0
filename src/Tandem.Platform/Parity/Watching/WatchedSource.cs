using Tandem.Client;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;

namespace Tandem.Platform.Parity.Watching;

/// <summary>
/// The objects of one list, watched. After any failure it begins with a new list, and until that has come it counts as not seen:
/// what a broken watch has told last must not pass for what is.
/// </summary>
/// <param name="name">What it watches, for messages.</param>
/// <param name="open">Finds out where from.</param>
/// <param name="objects">Where to.</param>
/// <param name="changed">Told when something to judge by has changed; must neither wait nor throw.</param>
/// <param name="time">The clock.</param>
internal sealed class WatchedSource(
    string name, Func<CancellationToken, Task<InformerSource<LiveObject>>> open, ClusterObjects objects, Action changed, TimeProvider time)
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    private volatile string? _trouble = $"{name}: not listed yet";

    /// <summary>Why its objects are not known; null where they are.</summary>
    public string? Trouble => _trouble;

    /// <summary>Runs until cancelled, and then forgets its objects.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await SeeAsync(cancellationToken))
                retry = FirstRetry;
            changed();
            await Task.Delay(retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, retry.Ticks * 2));
        }
    }

    /// <summary>Lists and watches until something fails.</summary>
    /// <returns>Whether the list came.</returns>
    private async Task<bool> SeeAsync(CancellationToken cancellationToken)
    {
        using var failed = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var reason = "";
        try
        {
            var informer = new Informer<LiveObject>(await open(cancellationToken), Changed, time, message =>
            {
                reason = message;
                failed.Cancel();
            });
            var running = informer.RunAsync(failed.Token);
            var listed = await Task.WhenAny(informer.Synced, running) == informer.Synced;
            if (listed)
            {
                _trouble = null;
                changed();
            }

            await running;
            _trouble = $"{name}: {reason}";
            objects.Forget(informer.Cache.Values);
            return listed;
        }
        catch (Exception e) when (e is ClusterException || cancellationToken.IsCancellationRequested)
        {
            _trouble = $"{name}: {e.Message}";
            return false;
        }
    }

    private void Changed(InformerEvent<LiveObject> change)
    {
        if (objects.Take(change) && _trouble is null)
            changed();
    }
}
