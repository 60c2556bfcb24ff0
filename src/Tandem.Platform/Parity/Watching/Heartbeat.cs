using Tandem.Platform.Clusters;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Asks a cluster's API every second whether it is ready. Two answers that do not come in a row are needed to call it away.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="time">The clock.</param>
internal sealed class Heartbeat(Cluster cluster, TimeProvider time)
{
    private const int Misses = 2;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>Runs until cancelled.</summary>
    /// <param name="session">What to do while the cluster is there; begun anew each time that it comes back.</param>
    /// <param name="away">Told when it is away.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(Func<CancellationToken, Task> session, Action away, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            if (await IsReadyAsync(cancellationToken))
            {
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var running = session(stop.Token);
                await LostAsync(cancellationToken);
                await stop.CancelAsync();
                await running;
            }

            if (!cancellationToken.IsCancellationRequested)
                away();
            await PauseAsync(cancellationToken);
        }
    }

    private async Task LostAsync(CancellationToken cancellationToken)
    {
        for (var missed = 0; missed < Misses && !cancellationToken.IsCancellationRequested;)
        {
            await PauseAsync(cancellationToken);
            missed = await IsReadyAsync(cancellationToken) ? 0 : missed + 1;
        }
    }

    private async Task PauseAsync(CancellationToken cancellationToken) =>
        await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task<bool> IsReadyAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await cluster.IsReadyAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
