namespace Tandem.Platform.Parity.Watching;

/// <summary>Keeps the verdict fresh: judges whenever something has changed, and from time to time, since certificates end without a word.</summary>
/// <param name="watch">Both clusters.</param>
/// <param name="changed">Told each verdict; must not throw.</param>
/// <param name="time">The clock.</param>
public sealed class VerdictKeeper(ParityWatch watch, Action<Verdict> changed, TimeProvider time)
{
    /// <summary>Changes come in swarms: those of so long are judged together.</summary>
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    private readonly FindingTracker _tracker = new();
    private volatile Verdict? _current;

    /// <summary>The last one; null before the first.</summary>
    public Verdict? Current => _current;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var verdict = _tracker.Track(ParityCheck.Judge(watch.View()));
            _current = verdict;
            changed(verdict);
            await NextAsync(cancellationToken);
            await Task.Delay(Debounce, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task NextAsync(CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(Longest, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await watch.NextAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // Over, or time to judge again.
        }
    }
}
