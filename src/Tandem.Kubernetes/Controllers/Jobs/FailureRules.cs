using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>What a Job's podFailurePolicy says about a failed pod. Pure. See
/// https://kubernetes.io/docs/concepts/workloads/controllers/job/#pod-failure-policy.</summary>
internal static class FailureRules
{
    /// <returns>Count, FailIndex, FailJob or Ignore; with FailJob the message of the condition.</returns>
    public static (string Action, string? Message) Decide(V1PodFailurePolicy? policy, V1Pod pod)
    {
        foreach (var (index, rule) in (policy?.Rules ?? []).Index())
        {
            var (name, @namespace) = (pod.Metadata.Name, pod.Metadata.NamespaceProperty);
            if (rule.OnExitCodes is { } codes && Matching(codes, pod) is { } container)
                return (rule.Action, $"Container {container.Name} for pod {@namespace}/{name} failed with exit code {container.State.Terminated.ExitCode} matching {rule.Action} rule at index {index}");
            if (rule.OnPodConditions?.FirstOrDefault(c => pod.Status.Conditions?.Any(p => p.Type == c.Type && p.Status == c.Status) == true) is { } condition)
                return (rule.Action, $"Pod {@namespace}/{name} has condition {condition.Type} matching {rule.Action} rule at index {index}");
        }

        return ("Count", null);
    }

    private static V1ContainerStatus? Matching(V1PodFailurePolicyOnExitCodesRequirement codes, V1Pod pod) =>
        (pod.Status?.ContainerStatuses ?? []).Concat(pod.Status?.InitContainerStatuses ?? []).FirstOrDefault(c =>
            c.State?.Terminated is { ExitCode: not 0 } ended
            && (codes.ContainerName is null || codes.ContainerName == c.Name)
            && codes.Values.Contains(ended.ExitCode) == (codes.OperatorProperty == "In"));
}
