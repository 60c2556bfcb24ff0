using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods.Simulation;

/// <summary>A container runtime in memory: what it holds of one pod, and what may befall that.</summary>
internal sealed class ModelRuntime
{
    private readonly List<Sandbox> _sandboxes = [];
    private readonly List<ContainerInstance> _containers = [];
    private int _clock;

    /// <summary>What it holds, newest first.</summary>
    public PodRuntime Content => new([.. _sandboxes], [.. _containers]);

    public IReadOnlyList<ContainerInstance> Running => [.. _containers.Where(c => c.Running)];

    public void CreateSandbox(uint attempt) => _sandboxes.Insert(0, new Sandbox($"s{++_clock}", attempt, Ready: true, _clock, "10.42.0.5"));

    public ContainerInstance Create(V1Container container, string sandbox, int restart)
    {
        var instance = new ContainerInstance
        {
            Id = $"{container.Name}{++_clock}", Name = container.Name, Phase = ContainerPhase.Created, SandboxId = sandbox, RestartCount = restart,
            Hash = PodActions.Hash(container), CreatedAt = _clock,
        };
        _containers.Insert(0, instance);
        return instance;
    }

    public void Start(ContainerInstance instance) =>
        Replace(instance.Id, c => c with { Phase = ContainerPhase.Running, StartedAt = DateTimeOffset.UnixEpoch.AddSeconds(++_clock) });

    public void Exit(ContainerInstance instance, int code) => Replace(instance.Id, c => c with
    {
        Phase = ContainerPhase.Exited, ExitCode = code, Reason = code == 0 ? "Completed" : "Error", FinishedAt = DateTimeOffset.UnixEpoch.AddSeconds(++_clock),
    });

    public void Remove(ContainerInstance instance) => _containers.RemoveAll(c => c.Id == instance.Id);

    public void StopSandbox(Sandbox sandbox) => _sandboxes[_sandboxes.FindIndex(s => s.Id == sandbox.Id)] = sandbox with { Ready = false };

    private void Replace(string id, Func<ContainerInstance, ContainerInstance> change)
    {
        var at = _containers.FindIndex(c => c.Id == id);
        _containers[at] = change(_containers[at]);
    }
}
