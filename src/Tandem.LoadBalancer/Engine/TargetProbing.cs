using System.Net;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Engine;

/// <summary>Checks one target for as long as it is wanted. Checks may overlap; none waits for another.</summary>
internal sealed class TargetProbing(TargetKey key, CheckPlan plan, IProber prober, MonotonicClock clock, ITargetWatch watch)
{
    private const ConfigureAwaitOptions Quietly = ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext;

    private readonly CancellationTokenSource _stopping = new();
    private volatile TaskCompletionSource _signal = new();
    private volatile bool _checkNow;

    public CheckPlan Plan => plan;

    /// <summary>A point of the grid on which usual checks stand, so that targets are spread over the interval.</summary>
    public DateTimeOffset GridStart { get; set; }

    public void Start() => _ = RunAsync();

    public void Stop() => _stopping.Cancel();

    /// <summary>Has the time of the next check worked out anew.</summary>
    public void Reconsider() => _signal.TrySetResult();

    /// <summary>Has a check started at once.</summary>
    public void CheckNow()
    {
        _checkNow = true;
        Reconsider();
    }

    private async Task RunAsync()
    {
        DateTimeOffset? last = null;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                // Renewed before anything is read, so that no change falls between.
                var signal = _signal = new();
                var (now, health) = (clock.Now, watch.Health(key));
                var wait = _checkNow ? TimeSpan.Zero : plan.Timing.NextStart(last, health.Confirming, GridStart, now) - now;
                if (wait > TimeSpan.Zero)
                {
                    // A timer counts whole milliseconds and drops the rest: one more, or it would end early and be set again.
                    await signal.Task.WaitAsync(wait + TimeSpan.FromMilliseconds(1), clock.Provider, _stopping.Token).ConfigureAwait(Quietly);

                    // Whoever gave the signal may hold a lock: it must not be made to do this loop's work.
                    await Task.Yield();
                    continue;
                }

                _checkNow = false;
                last = now;
                _ = CheckAsync(now, health);
            }
            catch (Exception e) when (!_stopping.IsCancellationRequested)
            {
                watch.Failed(key, e);
                await Task.Delay(plan.Timing.ConfirmInterval, clock.Provider, _stopping.Token)
                    .ConfigureAwait(Quietly);
            }
        }
    }

    private async Task CheckAsync(DateTimeOffset startedAt, TargetHealth health)
    {
        try
        {
            var probe = ProbeAsync(health);
            if (!health.Confirming)
            {
                await ((Task)probe).WaitAsync(plan.Timing.ConfirmInterval, clock.Provider, _stopping.Token)
                    .ConfigureAwait(Quietly);
                if (!probe.IsCompleted)
                    watch.Happened(key, new CheckSlow(clock.Now, startedAt), null);
            }

            var result = await probe;
            HealthEvent happened = result.Passed
                ? new CheckPassed(clock.Now, startedAt)
                : new CheckFailed(clock.Now, startedAt, Unreachable(result));
            if (!_stopping.IsCancellationRequested)
                watch.Happened(key, happened, result);
        }
        catch (Exception e)
        {
            if (!_stopping.IsCancellationRequested)
                watch.Failed(key, e);
        }
    }

    /// <summary>
    /// Whether the fault may be this machine's own: there was no route, or its resolver did not know the origin. Both say
    /// nothing of the origin while nothing else can be reached.
    /// </summary>
    private bool Unreachable(ProbeResult result) => FailureReason.IsUnreachable(result.Reason)
        || (result is { Reason: FailureReason.UnknownHost, Addresses: null } && plan.Request.EndPoint is DnsEndPoint);

    private async Task<ProbeResult> ProbeAsync(TargetHealth health)
    {
        var connectTimeout = plan.Timing.ConnectTimeout(health);
        for (var attempt = 0; ; attempt++)
        {
            var result = await ProbeOnceAsync(connectTimeout);
            if (!FailureReason.IsTimeout(result.Reason) || health.Suspect || attempt >= plan.Retries)
                return result;
        }
    }

    /// <summary>A prober that throws has not reached the target: that must not pass for a check that never ends.</summary>
    private async Task<ProbeResult> ProbeOnceAsync(TimeSpan connectTimeout)
    {
        try
        {
            return await prober.ProbeAsync(plan.Request, connectTimeout, _stopping.Token);
        }
        catch (Exception e) when (!_stopping.IsCancellationRequested)
        {
            watch.Failed(key, e);
            return new ProbeResult(FailureReason.Other, 0, TimeSpan.Zero);
        }
    }
}

/// <summary>Who is told of checks.</summary>
internal interface ITargetWatch
{
    /// <summary>The target's health now.</summary>
    TargetHealth Health(TargetKey key);

    /// <summary>Told of every event, and of the result where a check ended.</summary>
    void Happened(TargetKey key, HealthEvent happened, ProbeResult? result);

    /// <summary>Told of an error of the program itself.</summary>
    void Failed(TargetKey key, Exception exception);
}
