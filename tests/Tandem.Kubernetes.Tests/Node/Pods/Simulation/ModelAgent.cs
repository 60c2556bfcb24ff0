using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Status;

namespace Tandem.Kubernetes.Tests.Node.Pods.Simulation;

internal delegate PodActions Decision(V1Pod pod, PodRuntime runtime, IReadOnlyDictionary<string, string> unhealthy, IReadOnlySet<string> started);

/// <summary>Does to a pod what was decided, step by step as the pod's worker does; may be killed before any step.</summary>
internal sealed class ModelAgent(V1Pod pod, ModelRuntime runtime, PodLaws laws, Decision decide)
{
    // What a kill makes it forget.
    private readonly HashSet<string> _started = [];
    private readonly Dictionary<string, string> _unhealthy = [];
    private int _stepsLeft;

    /// <summary>The pod's status at the API, which outlives the agent.</summary>
    public V1PodStatus? Status { get; private set; }

    public bool IsFinished => Status?.Phase is "Succeeded" or "Failed";

    /// <summary>Exit code of what it stops.</summary>
    public int StopCode { get; set; } = 137;

    public void Probe(ContainerInstance instance, bool succeeds)
    {
        if (succeeds)
            _started.Add(instance.Id);
        else
            _unhealthy[instance.Id] = "liveness";
    }

    /// <summary>One pass of its loop.</summary>
    /// <param name="killedAfter">Steps.</param>
    public void Pass(int killedAfter = int.MaxValue)
    {
        _stepsLeft = killedAfter;
        try
        {
            Sync();
        }
        catch (AgentKilledException)
        {
            _unhealthy.Clear();
            _started.Clear();
            _started.UnionWith((Status?.ContainerStatuses ?? []).Concat(Status?.InitContainerStatuses ?? [])
                .Where(s => s.Started == true && s.ContainerID is not null).Select(s => s.ContainerID["containerd://".Length..]));
        }
    }

    private void Sync()
    {
        Report(ended: IsFinished);
        var (content, started) = (runtime.Content, Started());
        var actions = IsFinished ? new PodActions { KillPod = true, Ended = true } : decide(Known(), content, _unhealthy, started);
        if (actions.KillPod || actions.Ended)
            StopAll(content);
        if (actions.Ended)
        {
            Report(ended: true);
            return;
        }

        foreach (var kill in actions.Kill)
            Stop(kill.Container);
        if (actions.CreateSandbox)
        {
            Step();
            laws.CreatesSandbox(Status, runtime.Content);
            runtime.CreateSandbox(actions.SandboxAttempt);
        }
        else if (actions.Start.Length > 0)
        {
            foreach (var container in actions.Start)
                Start(container, content, started);
            Prune(content);
        }

        Report(ended: false);
    }

    private void Start(V1Container container, PodRuntime seen, IReadOnlySet<string> started)
    {
        Step();
        var restart = ContainerStarter.RestartCount(Known(), container, seen);
        laws.Creates(container, restart, Status, seen, started);
        var instance = runtime.Create(container, seen.ReadySandbox!.Id, restart);
        Step();
        runtime.Start(instance);
    }

    private void StopAll(PodRuntime seen)
    {
        foreach (var container in seen.Containers.Where(c => c.Running))
            Stop(container);
        foreach (var sandbox in seen.Sandboxes.Where(s => s.Ready))
        {
            Step();
            runtime.StopSandbox(sandbox);
        }
    }

    private void Stop(ContainerInstance instance)
    {
        Step();
        laws.Exited(instance, StopCode);
        runtime.Exit(instance, StopCode);
    }

    private void Prune(PodRuntime seen)
    {
        foreach (var old in seen.Containers.GroupBy(c => c.Name).SelectMany(g => g.Skip(2)).Where(c => c.Exited))
        {
            Step();
            runtime.Remove(old);
        }
    }

    private void Report(bool ended)
    {
        Step();
        var status = PodStatusBuilder.Build(new PodStatusInput
        {
            Pod = Known(), Runtime = runtime.Content, HostIp = "127.0.0.1", Now = DateTimeOffset.UnixEpoch, Ended = ended,
            Health = runtime.Running.ToDictionary(c => c.Id, c => new ContainerHealth(Started().Contains(c.Id), Started().Contains(c.Id))),
        });
        PodLaws.Reported(Status, status);
        Status = status;
    }

    private void Step()
    {
        if (_stepsLeft-- == 0)
            throw new AgentKilledException();
    }

    private V1Pod Known() => new() { Metadata = pod.Metadata, Spec = pod.Spec, Status = Status };

    // Without a startup probe a container has started once it runs.
    private HashSet<string> Started() =>
        [.. runtime.Running.Where(c => _started.Contains(c.Id) || pod.FindContainer(c.Name)!.StartupProbe is null).Select(c => c.Id)];

    private sealed class AgentKilledException : Exception;
}
