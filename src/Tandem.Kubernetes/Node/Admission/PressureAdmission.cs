using k8s.Models;
using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Admission;

/// <summary>Which pods may begin on a node that is short of something. Pure.</summary>
internal static class PressureAdmission
{
    /// <param name="pod">A pod of which nothing runs yet.</param>
    /// <param name="conditions">The node's pressures, such as MemoryPressure.</param>
    public static PodVerdict? Check(V1Pod pod, IReadOnlyList<string> conditions)
    {
        if (conditions.Count == 0 || EvictionRanking.IsCritical(pod))
            return null;
        var onlyMemory = conditions is [Shortage.MemoryPressure];
        return onlyMemory && (pod.QosClass() != "BestEffort" || ToleratesMemoryPressure(pod))
            ? null : new PodVerdict("Evicted", $"The node had condition: [{string.Join(' ', conditions)}]. ");
    }

    private static bool ToleratesMemoryPressure(V1Pod pod) => (pod.Spec.Tolerations ?? []).Any(t =>
        (string.IsNullOrEmpty(t.Key) || t.Key == "node.kubernetes.io/memory-pressure")
        && t.Effect is null or "" or "NoSchedule"
        && (t.OperatorProperty == "Exists" || string.IsNullOrEmpty(t.Value)));
}
