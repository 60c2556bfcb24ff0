using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>How evenly pods must be spread. Pure. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/.</summary>
internal static class TopologySpread
{
    private const string Unmatched = "node(s) didn't match pod topology spread constraints";

    /// <summary>Why the pod may not be on the node, in the scheduler's words; null where it may.</summary>
    public static string? Reason(V1Pod pod, V1Node node, Surroundings around)
    {
        var hard = (pod.Spec.TopologySpreadConstraints ?? []).Where(c => c.WhenUnsatisfiable == "DoNotSchedule").ToList();
        if (hard.Any(c => Surroundings.Domain(node, c.TopologyKey) is null))
            return $"{Unmatched} (missing required label)";
        return hard.All(c => Skew(c, pod, node, around, hard) <= c.MaxSkew) ? null : Unmatched;
    }

    private static int Skew(V1TopologySpreadConstraint constraint, V1Pod pod, V1Node node, Surroundings around, List<V1TopologySpreadConstraint> all)
    {
        var counts = around.Nodes.Where(n => all.All(c => Surroundings.Domain(n, c.TopologyKey) is not null) && Counts(constraint, pod, n))
            .GroupBy(n => Surroundings.Domain(n, constraint.TopologyKey)!)
            .ToDictionary(g => g.Key, g => g.Sum(n => around.Placed.Count(p => p.Spec.NodeName == n.Metadata.Name && Matches(constraint, pod, p))));
        var least = counts.Count == 0 || counts.Count < (constraint.MinDomains ?? 1) ? 0 : counts.Values.Min();
        var here = counts.GetValueOrDefault(Surroundings.Domain(node, constraint.TopologyKey)!);
        return here + (Matches(constraint, pod, pod) ? 1 : 0) - least;
    }

    private static bool Counts(V1TopologySpreadConstraint constraint, V1Pod pod, V1Node node) =>
        (constraint.NodeAffinityPolicy == "Ignore" || Placement.MatchesSelectors(pod, node))
        && (constraint.NodeTaintsPolicy != "Honor" || Placement.ToleratesTaints(pod, node));

    private static bool Matches(V1TopologySpreadConstraint constraint, V1Pod pod, V1Pod other) =>
        other.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty
        && constraint.LabelSelector?.Matches(other.Metadata.Labels) == true
        && (constraint.MatchLabelKeys ?? []).All(k => pod.Metadata.Labels?.TryGetValue(k, out var value) != true
            || (other.Metadata.Labels?.TryGetValue(k, out var theirs) == true && theirs == value));
}
