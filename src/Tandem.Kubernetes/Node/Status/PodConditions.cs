using k8s.Models;
using Tandem.Kubernetes.Node.Admission;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>The conditions that the node owns, in the kubelet's order; those of others are kept.</summary>
internal static class PodConditions
{
    private const string Disruption = "DisruptionTarget";

    private static readonly string[] Own = ["PodReadyToStartContainers", "Initialized", "Ready", "ContainersReady", "PodScheduled"];

    public static bool IsOwn(string type) => Own.Contains(type);

    public static List<V1PodCondition> Build(
        PodStatusInput input, string phase, IReadOnlyList<V1ContainerStatus> init, IReadOnlyList<V1ContainerStatus> main)
    {
        var pod = input.Pod;
        var old = pod.Status?.Conditions ?? [];
        var containersReady = ContainersReady(phase, init, main, pod);
        V1PodCondition[] own =
        [
            Condition("PodReadyToStartContainers", input.Runtime.ReadySandbox is not null && !input.Ended),
            Initialized(phase, init, main, pod),
            Ready(containersReady, pod),
            containersReady,
            Condition("PodScheduled", true),
        ];
        foreach (var condition in own)
        {
            var before = old.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastTransitionTime = before?.Status == condition.Status && before.LastTransitionTime is not null
                ? before.LastTransitionTime : input.Now.UtcDateTime;
            condition.ObservedGeneration = pod.Metadata.Generation;
        }

        var others = old.Where(c => !Own.Contains(c.Type));
        if (input.Verdict is { IsDisruption: true } verdict)
            others = others.Where(c => c.Type != Disruption).Append(Disrupted(verdict, input));
        return [.. own, .. others];
    }

    private static V1PodCondition Disrupted(PodVerdict verdict, PodStatusInput input)
    {
        var condition = Condition(Disruption, true, "TerminationByKubelet", verdict.Message);
        condition.LastTransitionTime = input.Now.UtcDateTime;
        condition.ObservedGeneration = input.Pod.Metadata.Generation;
        return condition;
    }

    private static V1PodCondition Initialized(
        string phase, IReadOnlyList<V1ContainerStatus> init, IReadOnlyList<V1ContainerStatus> main, V1Pod pod)
    {
        var begun = main.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        if (phase == "Succeeded")
            return Condition("Initialized", true, "PodCompleted");
        var incomplete = init.Where(s => !s.Ready && !(pod.FindContainer(s.Name)!.IsSidecar() && s.Started == true)).Select(s => s.Name).ToList();
        return begun || incomplete.Count == 0
            ? Condition("Initialized", true)
            : Condition("Initialized", false, "ContainersNotInitialized", $"containers with incomplete status: [{string.Join(' ', incomplete)}]");
    }

    private static V1PodCondition ContainersReady(
        string phase, IReadOnlyList<V1ContainerStatus> init, IReadOnlyList<V1ContainerStatus> main, V1Pod pod)
    {
        if (phase == "Succeeded")
            return Condition("ContainersReady", false, "PodCompleted");
        if (phase == "Failed")
            return Condition("ContainersReady", false, "PodFailed");
        var sidecars = init.Where(s => pod.FindContainer(s.Name)!.IsSidecar());
        var unready = sidecars.Concat(main).Where(s => !s.Ready).Select(s => s.Name).ToList();
        return unready.Count == 0
            ? Condition("ContainersReady", true)
            : Condition("ContainersReady", false, "ContainersNotReady", $"containers with unready status: [{string.Join(' ', unready)}]");
    }

    private static V1PodCondition Ready(V1PodCondition containersReady, V1Pod pod)
    {
        if (containersReady.Status != "True")
            return Condition("Ready", false, containersReady.Reason, containersReady.Message);

        var messages = new List<string>();
        foreach (var gate in pod.Spec.ReadinessGates ?? [])
        {
            var condition = pod.Status?.Conditions?.FirstOrDefault(c => c.Type == gate.ConditionType);
            if (condition is null)
                messages.Add($"corresponding condition of pod readiness gate \"{gate.ConditionType}\" does not exist.");
            else if (condition.Status != "True")
                messages.Add($"the status of pod readiness gate \"{gate.ConditionType}\" is not \"True\", but {condition.Status}");
        }

        return messages.Count == 0
            ? Condition("Ready", true)
            : Condition("Ready", false, "ReadinessGatesNotReady", string.Join(", ", messages));
    }

    private static V1PodCondition Condition(string type, bool status, string? reason = null, string? message = null) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
