using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>All that a pod's wishes about its neighbours are judged by.</summary>
/// <param name="Nodes">All nodes.</param>
/// <param name="Pods">All pods.</param>
/// <param name="Namespaces">All namespaces.</param>
internal sealed record Surroundings(IReadOnlyList<V1Node> Nodes, IReadOnlyList<V1Pod> Pods, IReadOnlyList<V1Namespace> Namespaces)
{
    /// <summary>The pods that have a node and are not about to leave it.</summary>
    public IEnumerable<V1Pod> Placed => Pods.Where(p => !string.IsNullOrEmpty(p.Spec.NodeName)
        && p.Metadata.DeletionTimestamp is null && p.Status?.Phase is not ("Succeeded" or "Failed"));

    /// <summary>What a label of the node that a pod is on says; null where it has none.</summary>
    public string? Domain(V1Pod pod, string key) => Nodes.FirstOrDefault(n => n.Metadata.Name == pod.Spec.NodeName) is { } node ? Domain(node, key) : null;

    public static string? Domain(V1Node node, string key) => node.Metadata.Labels?.TryGetValue(key, out var value) == true ? value : null;
}
