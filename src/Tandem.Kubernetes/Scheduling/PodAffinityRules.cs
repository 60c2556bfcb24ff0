using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Which other pods a pod must be near to, and which it must be away from. Pure. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity.</summary>
internal static class PodAffinityRules
{
    /// <summary>Why the pod may not be on the node, in the scheduler's words; null where it may.</summary>
    public static string? Reason(V1Pod pod, V1Node node, Surroundings around)
    {
        if (!Near(pod).All(t => IsNear(t, pod, node, around)))
            return "node(s) didn't match pod affinity rules";
        if (Away(pod).Any(t => Neighbours(t, pod, node, around).Any()))
            return "node(s) didn't match pod anti-affinity rules";
        return around.Placed.Any(other => other.Metadata.Uid != pod.Metadata.Uid
            && Away(other).Any(t => Matches(t, other, pod, around) && Surroundings.Domain(node, t.TopologyKey) is { } here && here == around.Domain(other, t.TopologyKey)))
            ? "node(s) didn't satisfy existing pods anti-affinity rules" : null;
    }

    private static IList<V1PodAffinityTerm> Near(V1Pod pod) => pod.Spec.Affinity?.PodAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];

    private static IList<V1PodAffinityTerm> Away(V1Pod pod) => pod.Spec.Affinity?.PodAntiAffinity?.RequiredDuringSchedulingIgnoredDuringExecution ?? [];

    // The first of a group that wants to be together has nobody to be near to but itself.
    private static bool IsNear(V1PodAffinityTerm term, V1Pod pod, V1Node node, Surroundings around) =>
        Surroundings.Domain(node, term.TopologyKey) is not null
        && (Neighbours(term, pod, node, around).Any() || (Matches(term, pod, pod, around) && !around.Placed.Any(p => Matches(term, pod, p, around))));

    private static IEnumerable<V1Pod> Neighbours(V1PodAffinityTerm term, V1Pod pod, V1Node node, Surroundings around) =>
        Surroundings.Domain(node, term.TopologyKey) is not { } here ? []
            : around.Placed.Where(p => p.Metadata.Uid != pod.Metadata.Uid && Matches(term, pod, p, around) && around.Domain(p, term.TopologyKey) == here);

    private static bool Matches(V1PodAffinityTerm term, V1Pod owner, V1Pod other, Surroundings around) =>
        InNamespace(term, owner, other.Metadata.NamespaceProperty, around)
        && term.LabelSelector?.Matches(other.Metadata.Labels) == true
        && (term.MatchLabelKeys ?? []).All(k => Label(owner, k) is not { } value || Label(other, k) == value)
        && (term.MismatchLabelKeys ?? []).All(k => Label(owner, k) is not { } value || Label(other, k) != value);

    private static bool InNamespace(V1PodAffinityTerm term, V1Pod owner, string @namespace, Surroundings around) =>
        term.Namespaces?.Contains(@namespace) == true
        || term.NamespaceSelector?.Matches(around.Namespaces.FirstOrDefault(n => n.Metadata.Name == @namespace)?.Metadata.Labels) == true
        || (term.Namespaces is not { Count: > 0 } && term.NamespaceSelector is null && owner.Metadata.NamespaceProperty == @namespace);

    private static string? Label(V1Pod pod, string key) => pod.Metadata.Labels?.TryGetValue(key, out var value) == true ? value : null;
}
