using k8s.Models;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Node.Probes;

/// <summary>
/// The probes of one running container. Liveness and readiness wait for the startup probe; after a startup or liveness probe has
/// failed nothing is asked any more, for the container is to be stopped.
/// </summary>
internal sealed class ContainerProbes : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _started = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<V1Probe, CancellationToken, Task<ProbeResult>> _ask;
    private readonly Action<ProbeKind, ProbeResult> _failed;
    private readonly Action _changed;
    private readonly DateTimeOffset _startedAt;
    private readonly TimeProvider _time;
    private readonly ProbeState? _startup;
    private readonly ProbeState? _readiness;
    private readonly ProbeState? _liveness;

    /// <param name="container">Whose probes these are.</param>
    /// <param name="startedAt">When it started.</param>
    /// <param name="adopted">It was found running with these values, and keeps them until a probe says otherwise.</param>
    /// <param name="ask">Asks once.</param>
    /// <param name="failed">Told of each failure.</param>
    /// <param name="changed">Told when what the probes amount to has changed.</param>
    /// <param name="time">The clock.</param>
    public ContainerProbes(
        V1Container container,
        DateTimeOffset startedAt,
        ContainerHealth adopted,
        Func<V1Probe, CancellationToken, Task<ProbeResult>> ask,
        Action<ProbeKind, ProbeResult> failed,
        Action changed,
        TimeProvider time)
    {
        (_ask, _failed, _changed, _startedAt, _time) = (ask, failed, changed, startedAt, time);
        _startup = State(ProbeKind.Startup, container.StartupProbe, adopted.Started);
        _readiness = State(ProbeKind.Readiness, container.ReadinessProbe, adopted.Ready);
        _liveness = State(ProbeKind.Liveness, container.LivenessProbe, passing: true);
        if (_startup is null or { Passing: true })
            _started.SetResult();
        else
            Completion.Add(RunAsync(ProbeKind.Startup, container.StartupProbe, _startup));
        if (_readiness is not null)
            Completion.Add(RunAsync(ProbeKind.Readiness, container.ReadinessProbe, _readiness));
        if (_liveness is not null)
            Completion.Add(RunAsync(ProbeKind.Liveness, container.LivenessProbe, _liveness));
    }

    public List<Task> Completion { get; } = [];

    public ContainerHealth Health
    {
        get
        {
            var started = _startup is null or { Passing: true };
            return new ContainerHealth(started, started && _readiness is null or { Passing: true });
        }
    }

    /// <summary>"startup" or "liveness" where that probe has failed for good, else null.</summary>
    public string? Failed => _startup is { Failed: true } ? "startup" : _liveness is { Failed: true } ? "liveness" : null;

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private static ProbeState? State(ProbeKind kind, V1Probe? probe, bool passing)
    {
        if (probe is null)
            return null;
        var state = new ProbeState(kind, Math.Max(1, probe.FailureThreshold ?? 3), Math.Max(1, probe.SuccessThreshold ?? 1));
        if (passing && kind != ProbeKind.Liveness)
            state.Adopt();
        return state;
    }

    private async Task RunAsync(ProbeKind kind, V1Probe probe, ProbeState state)
    {
        var stop = _stop.Token;
        try
        {
            if (kind != ProbeKind.Startup)
                await _started.Task.WaitAsync(stop);
            var initial = TimeSpan.FromSeconds(probe.InitialDelaySeconds ?? 0);
            if (initial - WallClock.Since(_startedAt, _time.GetUtcNow()) is var delay && delay > TimeSpan.Zero)
                await Task.Delay(delay, _time, stop);
            await RepeatAsync(kind, probe, state, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The container is gone.
        }
    }

    private async Task RepeatAsync(ProbeKind kind, V1Probe probe, ProbeState state, CancellationToken stop)
    {
        var period = TimeSpan.FromSeconds(Math.Max(1, probe.PeriodSeconds ?? 10));
        var first = _time.GetTimestamp();
        var passed = state.Passing;
        var counts = true;
        while (Failed is null)
        {
            var result = await AskAsync(probe, stop);
            if (result.Success == true)
                passed = true;
            else if (counts || result.Success is null)
                _failed(kind, result);
            if (result.Success is { } success && (success || counts) && state.Observe(success))
            {
                if (kind == ProbeKind.Startup && success)
                    _started.TrySetResult();
                _changed();
            }

            if (kind == ProbeKind.Startup && state.Passing)
                return;
            TimeSpan delay;
            (delay, counts) = ProbeSchedule.Next(_time.GetElapsedTime(first), period, waiting: !passed && kind != ProbeKind.Liveness);
            await Task.Delay(delay, _time, stop);
        }
    }

    private async Task<ProbeResult> AskAsync(V1Probe probe, CancellationToken stop)
    {
        try
        {
            return await _ask(probe, stop);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            // A probe that cannot be asked says nothing about the container, and must not end the probing.
            return new ProbeResult(null, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new OperationCanceledException(e.Message, e, stop);
        }
    }
}
