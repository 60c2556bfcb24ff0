using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>Pending, Running, Succeeded or Failed, out of the containers' states and the restart policy.</summary>
internal static class PodPhase
{
    public static string Of(V1Pod pod, IReadOnlyList<V1ContainerStatus> init, IReadOnlyList<V1ContainerStatus> main, bool ended)
    {
        // Once ended, a pod's phase never changes again.
        if (pod.IsFinished())
            return pod.Status.Phase;

        var never = pod.RestartPolicy() == "Never";
        var ordinary = pod.InitContainers().Where(c => !c.IsSidecar()).Select(c => c.Name).ToHashSet();
        var initStates = init.Where(s => ordinary.Contains(s.Name)).ToList();
        var mainBegun = main.Any(s => s.State.Running is not null || s.State.Terminated is not null || s.LastState.Terminated is not null);
        if (!ended && !mainBegun)
        {
            if (never && initStates.Any(s => s.State.Terminated is { ExitCode: not 0 }))
                return "Failed";
            return "Pending";
        }

        if (main.Any(s => s.State.Waiting is not null && s.LastState.Terminated is null))
            return "Pending";
        if (main.Any(s => s.State.Running is not null))
            return "Running";

        var succeeded = main.All(s => s.State.Terminated is { ExitCode: 0 }) && !initStates.Any(s => s.State.Terminated is { ExitCode: not 0 });
        if (ended)
            return succeeded ? "Succeeded" : "Failed";
        return pod.RestartPolicy() switch
        {
            "Always" => "Running",
            _ when succeeded => "Succeeded",
            "Never" => "Failed",
            _ => "Running",
        };
    }
}
