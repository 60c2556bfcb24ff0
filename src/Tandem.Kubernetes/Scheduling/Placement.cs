using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Whether a pod may be on a node: selectors, affinity and taints. Pure.</summary>
internal static class Placement
{
    /// <summary>Whether everything but resources allows the pod on the node.</summary>
    public static bool Fits(V1Pod pod, V1Node node) => Reason(pod, node) is null;

    /// <summary>Whether a pod that is there already may stay: taints with the effect NoSchedule are for those that come.</summary>
    public static bool MayStay(V1Pod pod, V1Node node) => Reason(pod, node, ["NoExecute"]) is null;

    /// <summary>Why the pod may not be there, in the scheduler's words; null where it may.</summary>
    public static string? Reason(V1Pod pod, V1Node node) => Reason(pod, node, ["NoSchedule", "NoExecute"]);

    private static string? Reason(V1Pod pod, V1Node node, string[] effects)
    {
        if (pod.Spec.NodeName is { Length: > 0 } name && name != node.Metadata.Name)
            return "node(s) didn't match the requested node name";
        if (!MatchesSelectors(pod, node))
            return "node(s) didn't match Pod's node affinity/selector";
        var taint = Untolerated(pod, node, effects);
        return taint is null ? null : taint.Key == "node.kubernetes.io/unschedulable"
            ? "node(s) were unschedulable"
            : $"node(s) had untolerated taint {{{taint.Key}: {taint.Value}}}";
    }

    /// <summary>Whether the node is one that the pod's node selector and required node affinity allow.</summary>
    public static bool MatchesSelectors(V1Pod pod, V1Node node)
    {
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        return pod.Spec.NodeSelector?.Any(l => !labels.TryGetValue(l.Key, out var v) || v != l.Value) != true && MatchesAffinity(pod, node);
    }

    /// <summary>Whether the pod tolerates all taints of the node that keep pods from coming.</summary>
    public static bool ToleratesTaints(V1Pod pod, V1Node node) => Untolerated(pod, node, ["NoSchedule", "NoExecute"]) is null;

    private static V1Taint? Untolerated(V1Pod pod, V1Node node, string[] effects)
    {
        var taints = (node.Spec?.Taints ?? []).ToList();
        if (node.Spec?.Unschedulable == true && taints.All(t => t.Key != "node.kubernetes.io/unschedulable"))
            taints.Add(new V1Taint { Key = "node.kubernetes.io/unschedulable", Effect = "NoSchedule" });
        return taints.FirstOrDefault(t => effects.Contains(t.Effect) && !(pod.Spec.Tolerations ?? []).Any(tolerated => Tolerations.Tolerates(tolerated, t)));
    }

    /// <summary>Whether a change of a node matters to placement at all.</summary>
    public static bool SameFor(V1Node a, V1Node b) => Text(a) == Text(b);

    // Either part may be missing: a node need not have labels, nor anything in its specification.
    private static string Text(V1Node node) => KubernetesJson.Serialize(new V1Node
    {
        Metadata = new V1ObjectMeta { Labels = node.Metadata.Labels },
        Spec = node.Spec,
    });

    private static bool MatchesAffinity(V1Pod pod, V1Node node)
    {
        var terms = pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms;
        return terms is null || MatchesTerms(terms, node);
    }

    /// <summary>Whether a node is among those that any of the terms describes.</summary>
    public static bool MatchesTerms(IEnumerable<V1NodeSelectorTerm> terms, V1Node node)
    {
        var labels = node.Metadata.Labels ?? new Dictionary<string, string>();
        return terms.Any(t =>
            (t.MatchExpressions ?? []).All(e => Matches(e, labels.TryGetValue(e.Key, out var v) ? v : null))
            && (t.MatchFields ?? []).All(f => f.Key == "metadata.name" && Matches(f, node.Metadata.Name))
            && ((t.MatchExpressions?.Count ?? 0) > 0 || (t.MatchFields?.Count ?? 0) > 0));
    }

    private static bool Matches(V1NodeSelectorRequirement requirement, string? value) => requirement.OperatorProperty switch
    {
        "In" => value is not null && requirement.Values.Contains(value),
        "NotIn" => value is null || !requirement.Values.Contains(value),
        "Exists" => value is not null,
        "DoesNotExist" => value is null,
        "Gt" => long.TryParse(value, out var v) && long.TryParse(requirement.Values[0], out var limit) && v > limit,
        "Lt" => long.TryParse(value, out var v) && long.TryParse(requirement.Values[0], out var limit) && v < limit,
        _ => false,
    };
}
