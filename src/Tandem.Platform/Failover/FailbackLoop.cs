using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>Keeps the order of the default pools as <see cref="FailbackPolicy"/> wants it. It may be killed and started again at any time.</summary>
/// <param name="order">The load balancer.</param>
/// <param name="failback">What the platform file says.</param>
/// <param name="admission">Says whether the standby may be among the pools, at that moment.</param>
/// <param name="say">Told of each change, and of each failure with its reason.</param>
/// <param name="time">The clock.</param>
public sealed class FailbackLoop(PoolOrder order, FailbackSpec failback, Func<StandbyAdmission> admission, Action<string> say, TimeProvider time)
{
    /// <summary>Two requests each time, of the 1200 in five minutes that Cloudflare grants.</summary>
    internal static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    /// <summary>A pool whose first check has not ended is not healthy either: hot has to be seen down twice, this far apart.</summary>
    internal static readonly TimeSpan Confirm = TimeSpan.FromMilliseconds(500);

    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(30);

    private long? _healthySince;
    private bool _suspect;

    /// <summary>Runs until cancelled; a failure is told and tried again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = Interval;
        while (!cancellationToken.IsCancellationRequested)
        {
            TimeSpan pause;
            try
            {
                await StepAsync(cancellationToken);
                retry = Interval;
                pause = _suspect ? Confirm : Interval;
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // What was not seen does not count as healthy.
                (_healthySince, _suspect) = (null, false);
                say($"the load balancer could not be asked or told; again in {retry.TotalSeconds:0} s: {e.Message}");
                pause = retry;
                retry = TimeSpan.FromTicks(Math.Min(LongestRetry.Ticks, retry.Ticks * 2));
            }

            await Task.Delay(pause, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Looks once and changes the order where it must.</summary>
    internal async Task StepAsync(CancellationToken cancellationToken)
    {
        if (await order.ReadAsync(cancellationToken) is not { } state)
        {
            (_healthySince, _suspect) = (null, false);
            return;
        }

        var healthy = state.Hot.Healthy == true;
        _healthySince = healthy ? _healthySince ?? time.GetTimestamp() : null;
        var down = !healthy && _suspect;
        _suspect = !healthy && !_suspect;
        var seen = new FailbackView(
            state.Hot.Id!,
            state.Standby.Id!,
            state.Order,
            !down,
            state.Standby.Healthy == true,
            _healthySince is { } since ? time.GetElapsedTime(since) : TimeSpan.Zero,
            state.Preference?.Cluster)
        {
            Admission = admission(),
        };
        var wanted = FailbackPolicy.Order(failback, seen);
        if (wanted.SequenceEqual(state.Order))
            return;
        await order.WriteAsync(state, wanted, cancellationToken);
        say(seen.Held is { } held ? $"{held} is preferred, as {state.Preference!.By} said" : Reason(seen, wanted));
    }

    private static string Reason(FailbackView seen, IReadOnlyList<string> wanted) => (seen.Order.Contains(seen.Standby), wanted.Contains(seen.Standby)) switch
    {
        (true, false) => "the standby is not ready to take over and is used as the fallback only",
        (false, true) when wanted[0] == seen.Hot => "the standby is ready to take over again",
        _ when seen.HotHealthy => "the hot cluster has been healthy for long enough and is preferred again",
        _ => "the hot cluster is down; the standby is preferred until failback",
    };
}
