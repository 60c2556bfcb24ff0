using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Tests.Node.Pods.Simulation;

/// <summary>What may never happen to a pod, whatever befalls it. Keeps books of its own about what happened.</summary>
internal sealed class PodLaws(V1Pod pod)
{
    private readonly HashSet<(string Sandbox, string Name)> _succeeded = [];
    private readonly HashSet<string> _begun = [];
    private readonly Dictionary<string, int> _exits = [];
    private readonly Dictionary<string, int> _counts = [];

    public void Exited(ContainerInstance instance, int code)
    {
        _exits[instance.Name] = code;
        if (code == 0)
            _succeeded.Add((instance.SandboxId, instance.Name));
    }

    public void CreatesSandbox(V1PodStatus? status, PodRuntime runtime)
    {
        Require(status?.Phase is not ("Succeeded" or "Failed"), "a finished pod makes no sandbox");
        Require(!runtime.Sandboxes.Any(s => s.Ready), "a pod has one sandbox at a time");
        Require(!runtime.Containers.Any(c => c.Running), "no container runs when a sandbox is made");
    }

    /// <param name="container">About to be created.</param>
    /// <param name="restart">Its restart count.</param>
    /// <param name="status">What the API knows.</param>
    /// <param name="runtime">What there was when it was decided: a sidecar whose liveness fails then is no reason to wait, as for the kubelet.</param>
    /// <param name="started">Ids of the containers that counted as started.</param>
    public void Creates(V1Container container, int restart, V1PodStatus? status, PodRuntime runtime, IReadOnlySet<string> started)
    {
        var (name, sandbox) = (container.Name, runtime.ReadySandbox!.Id);
        Require(status?.Phase is not ("Succeeded" or "Failed"), $"a finished pod starts nothing, not {name}");
        Require(runtime.Latest(name) is not { Running: true }, $"{name} runs already");
        Require(restart == _counts.GetValueOrDefault(name, -1) + 1, $"{name} was started {_counts.GetValueOrDefault(name, -1) + 1} times, not {restart}");
        _counts[name] = restart;
        var isMain = pod.Spec.Containers.Contains(container);
        foreach (var earlier in pod.InitContainers().TakeWhile(c => c != container))
        {
            if (!earlier.IsSidecar())
                Require(_succeeded.Contains((sandbox, earlier.Name)), $"{earlier.Name} has to succeed before {name} starts");
            else if (!_begun.Contains(sandbox))
                Require(runtime.Latest(earlier.Name) is { Running: true } running && started.Contains(running.Id), $"{earlier.Name} has to be started before {name} starts");
        }

        if (!isMain && !container.IsSidecar())
            Require(!_succeeded.Contains((sandbox, name)) && !_begun.Contains(sandbox), $"{name} is done in this sandbox");
        if (!container.IsSidecar() && _exits.TryGetValue(name, out var code))
            Require(pod.RestartPolicy() switch { "Never" => false, "OnFailure" => !isMain || code != 0, _ => true }, $"{name} ended with {code} and is not to start again");
        if (isMain)
            _begun.Add(sandbox);
    }

    public static void Reported(V1PodStatus? before, V1PodStatus after)
    {
        Require(before?.Phase is not ("Succeeded" or "Failed") || before.Phase == after.Phase, $"the phase {before?.Phase} was final, not to be {after.Phase}");
        foreach (var (old, now) in Statuses(before).Join(Statuses(after), s => s.Name, s => s.Name, (old, now) => (old, now)))
            Require(now.RestartCount >= old.RestartCount, $"the restarts of {now.Name} fell from {old.RestartCount} to {now.RestartCount}");
    }

    public static void Require(bool holds, string law)
    {
        if (!holds)
            throw new LawBrokenException(law);
    }

    private static IEnumerable<V1ContainerStatus> Statuses(V1PodStatus? status) => (status?.InitContainerStatuses ?? []).Concat(status?.ContainerStatuses ?? []);
}

internal sealed class LawBrokenException(string law) : Exception(law);
