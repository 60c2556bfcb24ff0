namespace Tandem.Platform.Parity.Watching;

/// <summary>One verdict, by watches that are begun for it.</summary>
public static class ParityOnce
{
    /// <summary>Looks at both clusters until all is known of each, or it is known to be away, and judges.</summary>
    /// <param name="watch">Both clusters.</param>
    /// <param name="patience">How long to wait at most; what is not known then is a finding.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task<ParityView> LookAsync(ParityWatch watch, TimeSpan patience, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        var running = watch.RunAsync(stop.Token);
        var view = watch.View();
        try
        {
            while (view.Clusters.Any(c => !c.IsSeen && !c.IsAway))
            {
                await watch.NextAsync(stop.Token);
                view = watch.View();
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // The time is over: what is not known by now counts as not seen.
        }

        await stop.CancelAsync();
        await running;
        return view;
    }
}
