using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>One container's status out of what the runtime and the probes say.</summary>
internal static class ContainerStatusBuilder
{
    public static V1ContainerStatus Build(V1Container container, bool init, PodStatusInput input)
    {
        var old = Old(container, input.Pod);
        var latest = input.Runtime.Latest(container.Name);
        var previous = input.Runtime.Previous(container.Name);
        var status = new V1ContainerStatus
        {
            Name = container.Name,
            Image = container.Image,
            ImageID = latest?.ImageId ?? old?.ImageID ?? "",
            ContainerID = latest is null ? old?.ContainerID : ContainerId(latest.Id),
            RestartCount = latest?.RestartCount ?? old?.RestartCount ?? 0,
            Ready = false,
            Started = false,
            State = new V1ContainerState(),
            LastState = previous is { Exited: true } ? Previous(previous, old) : old?.LastState ?? new V1ContainerState(),
        };

        if (latest is { Running: true })
        {
            var health = input.Health.GetValueOrDefault(latest.Id);
            status.State.Running = new V1ContainerStateRunning { StartedAt = latest.StartedAt.UtcDateTime };
            status.Started = health.Started || (init && !container.IsSidecar());
            status.Ready = health.Ready && !input.Terminating;
        }
        else if (latest is { Exited: true })
        {
            Exited(container, init, input, latest, old, status);
        }
        else if (latest is null && old?.State?.Terminated is not null && (input.Ended || input.Pod.IsFinished()))
        {
            status.State = old.State; // collected already: what was reported stays
        }
        else
        {
            if (latest is null && old?.State?.Running is not null && !input.Ended)
                Lost(input, status);
            Waiting(container, input, status);
        }

        if (init && !container.IsSidecar())
            status.Ready = status.State.Terminated is { ExitCode: 0 };
        return status;
    }

    /// <summary>An ephemeral container's: nobody waits for it, so it is never ready.</summary>
    public static V1ContainerStatus BuildEphemeral(V1Container container, PodStatusInput input)
    {
        var status = Build(container, init: false, input);
        status.Ready = false;
        status.Started = null;
        return status;
    }

    public static string ContainerId(string id) => "containerd://" + id;

    private static void Exited(
        V1Container container, bool init, PodStatusInput input, ContainerInstance latest, V1ContainerStatus? old, V1ContainerStatus status)
    {
        // What was once said of an end stays: its message may be gone from the node by now.
        status.State = old?.State?.Terminated?.ContainerID == ContainerId(latest.Id) ? old.State
            : old?.LastState?.Terminated?.ContainerID == ContainerId(latest.Id) ? old.LastState : Terminated(latest);
        if (input.Ended || input.Terminating || (init && !container.IsSidecar() && latest.Succeeded))
            return;
        // About to be started again: waiting, with the end that it came to as the last state.
        if (input.Waiting.TryGetValue(container.Name, out var reason))
        {
            status.LastState = status.State;
            status.State = new V1ContainerState
            {
                Waiting = new V1ContainerStateWaiting { Reason = reason.Reason, Message = reason.Message },
            };
        }
    }

    // The runtime knows nothing of a container that ran, as after the machine lost its state: it counts as ended, so that the pod
    // does not become pending, and the one that takes its place as a restart.
    private static void Lost(PodStatusInput input, V1ContainerStatus status)
    {
        status.ContainerID = null;
        status.LastState = new V1ContainerState
        {
            Terminated = new V1ContainerStateTerminated
            {
                ExitCode = 137,
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was deleted.  The container used to be Running",
            },
        };
        if (!input.Pod.IsTerminating())
            status.RestartCount++;
    }

    private static void Waiting(V1Container container, PodStatusInput input, V1ContainerStatus status)
    {
        if (input.Ended)
        {
            status.State.Terminated = new V1ContainerStateTerminated
            {
                ExitCode = 137,
                Reason = "ContainerStatusUnknown",
                Message = "The container could not be located when the pod was terminated",
            };
            return;
        }

        var reason = input.Waiting.GetValueOrDefault(container.Name)
            ?? new WaitingReason(input.Pod.InitContainers().Count > 0 ? "PodInitializing" : "ContainerCreating");
        status.State.Waiting = new V1ContainerStateWaiting { Reason = reason.Reason, Message = reason.Message };
    }

    private static V1ContainerState Previous(ContainerInstance previous, V1ContainerStatus? old) =>
        old?.LastState?.Terminated?.ContainerID == ContainerId(previous.Id) ? old.LastState : Terminated(previous);

    private static V1ContainerState Terminated(ContainerInstance container) => new()
    {
        Terminated = new V1ContainerStateTerminated
        {
            ContainerID = ContainerId(container.Id),
            ExitCode = container.ExitCode,
            Reason = container.Reason.Length > 0 ? container.Reason : container.ExitCode == 0 ? "Completed" : "Error",
            Message = container.Message.Length > 0 ? container.Message : null,
            // One that never started says so by the beginning of the epoch, as the kubelet has it.
            StartedAt = container.StartedAt == default ? DateTime.UnixEpoch : container.StartedAt.UtcDateTime,
            FinishedAt = container.FinishedAt.UtcDateTime,
        },
    };

    private static V1ContainerStatus? Old(V1Container container, V1Pod pod) => pod.FindStatus(container.Name);
}
