using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Who is on a node, as far as a pod that is to go there is concerned. Pure.</summary>
internal static class Occupancy
{
    public static int Priority(V1Pod pod) => pod.Spec.Priority ?? 0;

    /// <summary>The pods on a node that have not ended, and those for whom room was made there unless they matter less.</summary>
    /// <param name="pod">Who is to go there; not counted itself.</param>
    /// <param name="node">The node.</param>
    /// <param name="pods">All pods.</param>
    public static IReadOnlyList<V1Pod> On(V1Pod pod, V1Node node, IEnumerable<V1Pod> pods) =>
    [
        .. pods.Where(p => p.Metadata.Uid != pod.Metadata.Uid
            && p.Status?.Phase is not ("Succeeded" or "Failed")
            && (p.Spec.NodeName == node.Metadata.Name
                || (string.IsNullOrEmpty(p.Spec.NodeName) && p.Status?.NominatedNodeName == node.Metadata.Name && Priority(p) >= Priority(pod)))),
    ];
}
