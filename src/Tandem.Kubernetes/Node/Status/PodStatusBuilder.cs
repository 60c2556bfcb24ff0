using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Status;

/// <summary>The status of a pod, worded as the kubelet does. Pure.</summary>
internal static class PodStatusBuilder
{
    public static V1PodStatus Build(PodStatusInput input)
    {
        var pod = input.Pod;
        if (NeverBegan(input))
            return Refused(input);
        var init = pod.InitContainers().Select(c => ContainerStatusBuilder.Build(c, init: true, input)).ToList();
        var main = pod.Spec.Containers.Select(c => ContainerStatusBuilder.Build(c, init: false, input)).ToList();
        var ephemeral = pod.EphemeralContainers().Select(c => ContainerStatusBuilder.BuildEphemeral(c, input)).ToList();
        var phase = input.Verdict is not null && !pod.IsFinished() ? "Failed" : PodPhase.Of(pod, init, main, input.Ended);
        var ip = pod.UsesHostNetwork() ? input.HostIp : input.Runtime.ReadySandbox?.Ip;
        if (string.IsNullOrEmpty(ip))
            ip = pod.Status?.PodIP; // stays known while and after the pod stops

        return new V1PodStatus
        {
            Phase = phase,
            QosClass = pod.Status?.QosClass,
            Reason = input.Verdict?.Reason ?? pod.Status?.Reason,
            Message = input.Verdict?.Message ?? pod.Status?.Message,
            NominatedNodeName = pod.Status?.NominatedNodeName,
            ObservedGeneration = pod.Metadata.Generation,
            StartTime = pod.Status?.StartTime ?? input.Now.UtcDateTime,
            HostIP = input.HostIp,
            HostIPs = [new V1HostIP { Ip = input.HostIp }],
            PodIP = string.IsNullOrEmpty(ip) ? null : ip,
            PodIPs = string.IsNullOrEmpty(ip) ? null : [new V1PodIP { Ip = ip }],
            Conditions = PodConditions.Build(input, phase, init, main),
            InitContainerStatuses = init.Count > 0 ? init : null,
            ContainerStatuses = main,
            EphemeralContainerStatuses = ephemeral.Count > 0 ? ephemeral : null,
        };
    }

    // One that was refused before anything of it was made has no containers to tell of.
    private static bool NeverBegan(PodStatusInput input) =>
        input.Runtime.Sandboxes.Count == 0 && input.Pod.Status?.ContainerStatuses is null && (input.Verdict is not null || input.Pod.IsFinished());

    private static V1PodStatus Refused(PodStatusInput input)
    {
        var old = input.Pod.Status;
        return new V1PodStatus
        {
            Phase = input.Pod.IsFinished() ? old!.Phase : "Failed",
            QosClass = old?.QosClass,
            Reason = input.Verdict?.Reason ?? old?.Reason,
            Message = input.Verdict?.Message ?? old?.Message,
            StartTime = old?.StartTime ?? input.Now.UtcDateTime,
            ObservedGeneration = input.Pod.Metadata.Generation,
            Conditions = old?.Conditions ?? [],
        };
    }
}
