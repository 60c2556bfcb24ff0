using Tandem.Platform.Clusters;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Brings a cluster that was away when a release was deployed to that release, once it is back. It mends nothing else: drift may be somebody's will.</summary>
/// <param name="keeper">Says that one has missed a release.</param>
/// <param name="sync">Brings it up; see <see cref="ReleaseManager.SyncAsync"/>.</param>
/// <param name="say">Told what is done, and what failed.</param>
/// <param name="time">The clock.</param>
public sealed class MissedReleases(VerdictKeeper keeper, Func<CancellationToken, Task<IReadOnlyList<string>>> sync, Action<string> say, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(5);

    /// <summary>Runs until cancelled; a failure is told and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = FirstRetry;
        while (!cancellationToken.IsCancellationRequested)
        {
            var pause = Poll;
            if (keeper.Current is { Known: true } verdict && verdict.Findings.Any(f => f.Code == "release-missing"))
                (pause, retry) = await SyncAsync(cancellationToken) ? (FirstRetry, FirstRetry) : (retry, TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, retry.Ticks * 2)));
            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        try
        {
            say($"brought to the current release: {string.Join(" and ", await sync(cancellationToken))}");
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (e is ClusterException or ReleaseFailedException or DeployBusyException or ReleaseConflictException or InvalidDataException)
        {
            say($"a cluster that missed a release could not be brought up yet: {e.Message}");
            return false;
        }
    }
}
