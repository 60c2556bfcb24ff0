using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Probes;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Pods;

/// <summary>
/// Brings one pod to what the API wants of it, one step after the other: read what the runtime holds, decide, act, report.
/// Level-triggered: each pass starts from what is there, so that it may begin anywhere, as after the agent was killed.
/// </summary>
internal sealed class PodWorker : IDisposable
{
    private static readonly TimeSpan Resync = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10);

    private readonly PodServices _services;
    private readonly Wakeup _wakeup;
    private readonly DesiredPod _desired;
    private readonly SandboxStarter _sandboxes;
    private readonly PodKiller _killer;
    private readonly PodProbes _probes;
    private readonly PodContainers _containers;
    private readonly PodJudge _judge;
    private readonly PodReport _report;
    private readonly PodEnding _ending;
    private TimeSpan _next = Resync;

    public PodWorker(V1Pod pod, bool vanished, PodServices services)
    {
        _services = services;
        _wakeup = new Wakeup(services.Time);
        _sandboxes = new SandboxStarter(services);
        var status = new PodStatusWriter(services.Api);
        _desired = new DesiredPod(pod, vanished, status);
        var stopper = new ContainerStopper(services);
        _killer = new PodKiller(services, stopper);
        _probes = new PodProbes(services.Probes, services.Api, services.Options.NodeAddress, services.Time, _wakeup.Ring);
        _containers = new PodContainers(services, _desired, _probes, new ContainerStarter(services, _sandboxes, stopper), stopper);
        _judge = new PodJudge(services);
        _report = new PodReport(services, _desired, status, _containers, _probes, _judge);
        _ending = new PodEnding(services, _desired, _report, _killer, _probes);
    }

    /// <summary>The pod as the API has it now.</summary>
    public void Update(V1Pod pod) => Change(pod, vanished: false);

    /// <summary>The API has no such pod any more: what runs of it is stopped.</summary>
    /// <param name="last">The pod as it was last.</param>
    public void Vanish(V1Pod last) => Change(last, vanished: true);

    public bool Vanished => _desired.Vanished;

    /// <summary>The pod as the API has it, with the status that was reported last.</summary>
    public V1Pod Pod => _desired.Latest;

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
                var pod = Pod;
                if (e is VolumeException)
                    _services.Api.Event(pod, null, "Warning", "FailedMount", e.Message);
                _services.Logger.LogWarning(e, "Pod {Pod}: retried in {Retry}", pod.Ref(), retry);
                _next = retry;
                retry = retry * 2 < LongestRetry ? retry * 2 : LongestRetry;
            }

            await _wakeup.WaitAsync(_next, cancellationToken);
        }
    }

    public void Dispose()
    {
        _probes.Dispose();
        _desired.Dispose();
    }

    private void Change(V1Pod pod, bool vanished)
    {
        if (_desired.Change(pod, vanished))
            _wakeup.Ring();
    }

    // One pass; true when the pod is gone for good.
    private async Task<bool> SyncAsync(CancellationToken cancellationToken)
    {
        _next = Resync;
        var pod = _desired.Begin();
        var runtime = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        if (Vanished || pod.IsTerminating())
        {
            await _ending.TerminateAsync(pod, runtime, cancellationToken);
            return true;
        }

        if (!pod.IsFinished() && _judge.Judge(pod, runtime) is { } verdict)
        {
            await _ending.EndAsync(pod, runtime, verdict.IsDisruption ? 1 : pod.GraceSeconds(), cancellationToken);
            return false;
        }

        if (_judge.TimeLeft(pod) is { } left && !pod.IsFinished())
            Within(left);
        _probes.Sync(pod, runtime);
        if (!await _report.WriteAsync(pod, runtime, cancellationToken, ended: pod.IsFinished()))
        {
            Vanish(pod);
            return false;
        }

        var actions = pod.IsFinished()
            ? new PodActions { KillPod = true, Ended = true }
            : PodActions.Compute(pod, runtime, _probes.Unhealthy(), _probes.Started());
        if (actions.Ended)
        {
            await _ending.EndAsync(pod, runtime, pod.GraceSeconds(), cancellationToken);
        }
        else if (actions.Nothing)
        {
            _containers.NoneWaits();
            await _services.Volumes.SetUpAsync(pod, runtime.ReadySandbox?.Ip, cancellationToken);
        }
        else
        {
            await PerformAsync(pod, runtime, actions, cancellationToken);
        }

        return false;
    }

    private async Task PerformAsync(V1Pod pod, PodRuntime runtime, PodActions actions, CancellationToken cancellationToken)
    {
        if (actions.KillPod)
            await _killer.StopAsync(pod, runtime, pod.GraceSeconds(), cancellationToken);
        foreach (var kill in actions.Kill)
            await _containers.KillAsync(pod, runtime, kill, cancellationToken);
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
                Within(await _containers.StartAsync(pod, container, runtime, volumes, cancellationToken));
            await _killer.PruneAsync(pod, runtime, cancellationToken);
        }

        if (!actions.Kill.IsEmpty)
            _next = TimeSpan.Zero;

        var after = await _services.Reader.ReadAsync(pod.Metadata.Uid, cancellationToken);
        _probes.Sync(pod, after);
        await _report.WriteAsync(pod, after, cancellationToken);
    }

    private void Within(TimeSpan time) => _next = time < _next ? time : _next;
}
