using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Where room is made for a pod, and who has to go.</summary>
/// <param name="Node">The node.</param>
/// <param name="Victims">The most important first.</param>
/// <param name="Violations">How many of them no disruption budget allows to go.</param>
internal sealed record PreemptionPlan(V1Node Node, IReadOnlyList<V1Pod> Victims, int Violations);

/// <summary>
/// Chooses pods of lower priority to make room for one that fits nowhere. Pure. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/#preemption.
/// </summary>
internal static class Preemption
{
    /// <summary>Why the pod may not preempt at all, in the scheduler's words; null where it may.</summary>
    public static string? Ineligible(V1Pod pod, IReadOnlyList<V1Pod> pods)
    {
        if (pod.Spec.PreemptionPolicy == "Never")
            return "not eligible due to preemptionPolicy=Never.";

        // Room is being made already: wait for it.
        return pod.Status?.NominatedNodeName is { Length: > 0 } node
            && pods.Any(p => p.Spec.NodeName == node && p.Metadata.DeletionTimestamp is not null && Occupancy.Priority(p) < Occupancy.Priority(pod))
            ? "not eligible due to a terminating pod on the nominated node."
            : null;
    }

    /// <summary>The best place: fewest budgets violated, then least important victims, then fewest; null for none.</summary>
    public static PreemptionPlan? Best(V1Pod pod, IEnumerable<V1Node> nodes, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1PodDisruptionBudget> budgets) =>
        nodes.Where(n => Placement.Fits(pod, n))
            .Select(n => On(pod, n, pods, budgets))
            .OfType<PreemptionPlan>()
            .OrderBy(p => p.Violations)
            .ThenBy(p => p.Victims.Count == 0 ? int.MinValue : Occupancy.Priority(p.Victims[0]))
            .ThenBy(p => p.Victims.Sum(v => (long)Occupancy.Priority(v) + int.MaxValue + 1L))
            .ThenBy(p => p.Victims.Count)
            .ThenByDescending(p => p.Victims.Where(v => Occupancy.Priority(v) == Occupancy.Priority(p.Victims[0])).Select(Started).DefaultIfEmpty().Min())
            .FirstOrDefault();

    private static PreemptionPlan? On(V1Pod pod, V1Node node, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1PodDisruptionBudget> budgets)
    {
        var here = Occupancy.On(pod, node, pods);
        var lower = here.Where(p => !string.IsNullOrEmpty(p.Spec.NodeName) && Occupancy.Priority(p) < Occupancy.Priority(pod)).ToList();
        var staying = here.Except(lower).ToList();
        if (lower.Count == 0 || NodeResources.Reason(pod, node, staying) is not null)
            return null;

        // All could go; as many as fit beside the pod are spared, first those whom a budget protects, then the more important.
        var ordered = lower.OrderByDescending(Occupancy.Priority).ThenBy(Started).ToList();
        var violating = Violating(ordered, budgets);
        List<V1Pod> victims = [];
        var violations = 0;
        foreach (var candidate in ordered.Where(violating.Contains).Concat(ordered.Where(p => !violating.Contains(p))))
        {
            staying.Add(candidate);
            if (NodeResources.Reason(pod, node, staying) is null)
                continue;
            staying.Remove(candidate);
            victims.Add(candidate);
            violations += violating.Contains(candidate) ? 1 : 0;
        }

        return new PreemptionPlan(node, [.. victims.OrderByDescending(Occupancy.Priority).ThenBy(Started)], violations);
    }

    /// <summary>Those that are more than their budgets allow, were all to go.</summary>
    private static HashSet<V1Pod> Violating(IEnumerable<V1Pod> pods, IReadOnlyList<V1PodDisruptionBudget> budgets)
    {
        var left = budgets.ToDictionary(b => b, b => b.Status?.DisruptionsAllowed ?? 0);
        var violating = new HashSet<V1Pod>();
        foreach (var pod in pods)
            foreach (var budget in budgets.Where(b => b.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
                && b.Spec.Selector?.Matches(pod.Metadata.Labels) == true
                && b.Status?.DisruptedPods?.ContainsKey(pod.Metadata.Name) != true))
                if (--left[budget] < 0)
                    violating.Add(pod);
        return violating;
    }

    private static DateTime Started(V1Pod pod) => pod.Status?.StartTime ?? pod.Metadata.CreationTimestamp ?? DateTime.MaxValue;
}
