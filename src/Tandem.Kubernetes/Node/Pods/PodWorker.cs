using Grpc.Core;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Status;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>
/// Brings one pod to what the API wants of it, one step after the other: read what the runtime holds, decide, act, report.
/// Level-triggered: each pass starts from what is there, so that it may begin anywhere, as after the agent was killed.
/// </summary>
internal sealed class PodWorker : IDisposable
{
    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan RetryConfig = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly PodServices _services;
    private readonly Wakeup _wakeup;
    private readonly SandboxStarter _sandboxes;
    private readonly ContainerStopper _stopper;
    private readonly ContainerStarter _starter;
    private readonly PodKiller _killer;
    private readonly PodProbes _probes;
    private readonly PodStatusWriter _status;
    private readonly PodJudge _judge;
    private readonly BackOff _backOff = new();
    private readonly Dictionary<string, WaitingReason> _waiting = [];
    private readonly Lock _lock = new();
    // Ends what may take long and is no longer wanted: a pull of a pod that is deleted, a stop that has less time now.
    private CancellationTokenSource _interrupt = new();
    private V1Pod _pod;
    private bool _vanished;
    private bool _terminatingTold;
    private TimeSpan _next = Resync;

    public PodWorker(V1Pod pod, bool vanished, PodServices services)
    {
        (_pod, _vanished, _services) = (pod, vanished, services);
        _wakeup = new Wakeup(services.Time);
        _sandboxes = new SandboxStarter(services);
        _stopper = new ContainerStopper(services);
        _starter = new ContainerStarter(services, _sandboxes, _stopper);
        _killer = new PodKiller(services, _stopper);
        _probes = new PodProbes(services.Probes, services.Api, services.Options.NodeAddress, services.Time, _wakeup.Ring);
        _status = new PodStatusWriter(services.Api);
        _judge = new PodJudge(services);
    }

    /// <summary>The pod as the API has it now.</summary>
    public void Update(V1Pod pod) => Change(pod, vanished: false);

    /// <summary>The API has no such pod any more: what runs of it is stopped.</summary>
    /// <param name="last">The pod as it was last.</param>
    public void Vanish(V1Pod last) => Change(last, vanished: true);

    public bool Vanished => _vanished;

    /// <summary>The pod as the API has it, with the status that was reported last.</summary>
    public V1Pod Pod
    {
        get
        {
            lock (_lock)
                return WithLatestStatus(_pod);
        }
    }

    /// <summary>Something changed in the runtime.</summary>
    public void Wake() => _wakeup.Ring();

    /// <summary>The node needs what the pod uses: it ends at once, as failed.</summary>
    public void Evict(PodVerdict verdict)
    {
        _judge.Evict(verdict);
        _wakeup.Ring();
    }

    /// <summary>Works until the pod is gone.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var retry = TimeSpan.FromMilliseconds(500);
        while (true)
        {
            try
            {
                if (await SyncAsync(cancellationToken))
                    return;
                retry = TimeSpan.FromMilliseconds(500);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                _next = TimeSpan.Zero; // to be ended, or sooner than it was: again, with what is left
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                if (e is VolumeException)
                    _services.Api.Event(_pod, null, "Warning", "FailedMount", e.Message);
                _services.Logger.LogWarning(e, "Pod {Pod}: retried in {Retry}", _pod.Ref(), retry);
                _next = retry;
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }

            await _wakeup.WaitAsync(_next, cancellationToken);
        }
    }

    public void Dispose()
    {
        _probes.Dispose();
        _interrupt.Dispose();
    }

    private void Change(V1Pod pod, bool vanished)
    {
        bool matters;
        lock (_lock)
        {
            // Most changes are this worker's own words, back from the watch.
            matters = vanished || Differs(pod, _pod) || _status.Notice(pod);
            var sooner = pod.IsTerminating() && (!_pod.IsTerminating() || pod.GraceSeconds() < _pod.GraceSeconds());
            if (sooner || (vanished && !_vanished))
                _interrupt.Cancel();
            _pod = pod;
            _vanished |= vanished;
        }

        if (matters)
            _wakeup.Ring();
    }

    private static bool Differs(V1Pod a, V1Pod b) =>
        a.Metadata.Generation != b.Metadata.Generation
        || a.Metadata.DeletionTimestamp != b.Metadata.DeletionTimestamp
        || a.Metadata.DeletionGracePeriodSeconds != b.Metadata.DeletionGracePeriodSeconds
        || !Same(a.Metadata.Labels, b.Metadata.Labels)
        || !Same(a.Metadata.Annotations, b.Metadata.Annotations)
        || a.Spec.ReadinessGates is { Count: > 0 };

    private static bool Same(IDictionary<string, string>? a, IDictionary<string, string>? b) =>
        (a?.Count ?? 0) == (b?.Count ?? 0)
        && (a is null || a.All(pair => b!.TryGetValue(pair.Key, out var value) && value == pair.Value));

    // One pass; true when the pod is gone for good.
    private async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        _next = Resync;
        var pod = Current();
        var runtime = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (_vanished || pod.IsTerminating())
            return await TerminateAsync(pod, runtime, cancellationToken);

        if (!pod.IsFinished() && _judge.Judge(pod, runtime) is { } verdict)
        {
            await EndAsync(pod, runtime, verdict.IsDisruption ? 1 : pod.GraceSeconds(), cancellationToken);
            return false;
        }

        if (_judge.TimeLeft(pod) is { } left && !pod.IsFinished())
            Within(left);
        _probes.Sync(pod, runtime);
        if (!await ReportAsync(pod, runtime, ended: pod.IsFinished(), cancellationToken))
        {
            Vanish(pod);
            return false;
        }

        var actions = pod.IsFinished()
            ? new PodActions { KillPod = true, Ended = true }
            : PodActions.Compute(pod, runtime, _probes.Unhealthy(), _probes.Started());
        if (actions.Ended)
        {
            await EndAsync(pod, runtime, pod.GraceSeconds(), cancellationToken);
            return false;
        }

        if (actions.Nothing)
        {
            _waiting.Clear();
            await _services.Volumes.SetUpAsync(pod, runtime.ReadySandbox?.Ip, cancellationToken);
            return false;
        }

        await PerformAsync(pod, runtime, actions, cancellationToken);
        return false;
    }

    private V1Pod Current()
    {
        lock (_lock)
        {
            if (_interrupt.IsCancellationRequested)
            {
                _interrupt.Dispose();
                _interrupt = new CancellationTokenSource();
            }

            // Our own last words are newer than the watch's.
            if (_status.Latest is { } latest)
            {
                var others = _pod.Status?.Conditions?.Where(c => !PodConditions.IsOwn(c.Type)) ?? [];
                latest.Conditions = [.. latest.Conditions.Where(c => PodConditions.IsOwn(c.Type)), .. others];
            }

            return WithLatestStatus(_pod);
        }
    }

    // The object of the watch is not ours to change.
    private V1Pod WithLatestStatus(V1Pod pod) => _status.Latest is not { } latest ? pod : new V1Pod
    {
        ApiVersion = pod.ApiVersion,
        Kind = pod.Kind,
        Metadata = pod.Metadata,
        Spec = pod.Spec,
        Status = latest,
    };

    private async Task PerformAsync(V1Pod pod, PodRuntime runtime, PodActions actions, CancellationToken cancellationToken)
    {
        if (actions.KillPod)
            await _killer.StopAsync(pod, runtime, pod.GraceSeconds(), cancellationToken);
        foreach (var kill in actions.Kill)
            await KillAsync(pod, runtime, kill, cancellationToken);
        if (actions.CreateSandbox)
        {
            if (actions.SandboxAttempt > 0)
                _services.Api.Event(pod, null, "Normal", "SandboxChanged", "Pod sandbox changed, it will be killed and re-created.");
            await _services.Volumes.SetUpAsync(pod, null, cancellationToken);
            await _sandboxes.StartAsync(pod, actions.SandboxAttempt, cancellationToken);
            _next = TimeSpan.Zero;
        }
        else if (actions.Start.Length > 0)
        {
            var volumes = await _services.Volumes.SetUpAsync(pod, runtime.ReadySandbox?.Ip, cancellationToken);
            foreach (var container in actions.Start)
                await StartAsync(pod, container, runtime, volumes, cancellationToken);
            await _killer.PruneAsync(pod, runtime, cancellationToken);
        }

        if (!actions.Kill.IsEmpty)
            _next = TimeSpan.Zero;

        var after = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        _probes.Sync(pod, after);
        await ReportAsync(pod, after, ended: false, cancellationToken);
    }

    private async Task KillAsync(V1Pod pod, PodRuntime runtime, ContainerKill kill, CancellationToken cancellationToken)
    {
        var container = pod.FindContainer(kill.Container.Name);
        var probe = kill.Message.Contains("startup", StringComparison.Ordinal) ? container?.StartupProbe : container?.LivenessProbe;
        _probes.Stop(kill.Container.Id);
        await _stopper.StopAsync(pod, kill.Container, runtime.ReadySandbox?.Ip ?? "",
            probe?.TerminationGracePeriodSeconds ?? pod.GraceSeconds(), kill.Message, cancellationToken);
    }

    private async Task StartAsync(
        V1Pod pod, V1Container container, PodRuntime runtime, IReadOnlyDictionary<string, string> volumes, CancellationToken cancellationToken)
    {
        var last = runtime.Latest(container.Name);
        var now = _services.Time.GetUtcNow();
        if (last is { Exited: true })
        {
            if (_backOff.Remaining(container.Name, last.FinishedAt, now) is var left && left > TimeSpan.Zero)
            {
                TellCrashLoop(pod, container);
                Within(left);
                return;
            }

            _backOff.Next(container.Name, last.FinishedAt, now);
        }

        using var wanted = CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token, cancellationToken);
        var waiting = await _starter.StartAsync(pod, container, runtime, volumes, wanted.Token, cancellationToken);
        if (waiting is null)
        {
            _waiting.Remove(container.Name);
            _next = TimeSpan.Zero;
            return;
        }

        _waiting[container.Name] = waiting;
        Within(waiting.Reason switch
        {
            "ErrImagePull" => TimeSpan.FromSeconds(1), // the next pass tells that it is backing off
            "ImagePullBackOff" => _services.Images.Remaining(pod, container),
            _ => RetryConfig,
        });
    }

    private void TellCrashLoop(V1Pod pod, V1Container container)
    {
        var delay = (int)_backOff.Delay(container.Name).TotalSeconds;
        var text = delay >= 60 ? $"{delay / 60}m{delay % 60}s" : $"{delay}s"; // Go's wording of a duration
        _waiting[container.Name] = new WaitingReason(
            "CrashLoopBackOff", $"back-off {text} restarting failed container={container.Name} pod={pod.Ref()}");
        _services.Api.Event(pod, container.Name, "Warning", "BackOff",
            $"Back-off restarting failed container {container.Name} in pod {pod.Ref()}");
    }

    private void Within(TimeSpan time) => _next = time < _next ? time : _next;

    // All containers have ended for good: nothing is left but the logs and the status, until the pod is deleted.
    private async Task EndAsync(V1Pod pod, PodRuntime runtime, long grace, CancellationToken cancellationToken)
    {
        _probes.Dispose();
        await _killer.StopAsync(pod, runtime, grace, cancellationToken);
        var after = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        await ReportAsync(pod, after, ended: true, cancellationToken);
        _services.Volumes.TearDown(pod.Metadata.Uid);
        _services.Cgroups.Remove(pod.Metadata.Uid);
    }

    private async Task<bool> TerminateAsync(V1Pod pod, PodRuntime runtime, CancellationToken cancellationToken)
    {
        _probes.Dispose();
        if (!_vanished && !_terminatingTold)
        {
            // Taken out of service before anything stops.
            await _status.WriteAsync(Input(pod, runtime) with { Terminating = true }, cancellationToken);
            _terminatingTold = true;
        }

        using (var both = CancellationTokenSource.CreateLinkedTokenSource(_interrupt.Token, cancellationToken))
        {
            try
            {
                await _killer.StopAsync(pod, runtime, pod.GraceSeconds(), both.Token);
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && both.IsCancellationRequested)
            {
                throw new OperationCanceledException(e.Message, e, both.Token);
            }
        }

        var after = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (!_vanished)
            await _status.WriteAsync(Input(pod, after) with { Terminating = true, Ended = true }, cancellationToken);
        await _killer.RemoveAsync(pod, after, cancellationToken);
        if (!_vanished)
            await _services.Api.DeletePodAsync(pod, cancellationToken);
        return true;
    }

    private Task<bool> ReportAsync(V1Pod pod, PodRuntime runtime, bool ended, CancellationToken cancellationToken) =>
        _status.WriteAsync(Input(pod, runtime) with { Ended = ended }, cancellationToken);

    private PodStatusInput Input(V1Pod pod, PodRuntime runtime) => new()
    {
        Pod = WithLatestStatus(pod),
        Runtime = runtime,
        HostIp = _services.Options.NodeAddress,
        Now = _services.Time.GetUtcNow(),
        Health = _probes.Health(),
        Waiting = _waiting,
        Verdict = _judge.Verdict,
    };
}
