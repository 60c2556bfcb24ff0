using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>
/// Which pod goes first: those above their requests, then the less important, then the further above. Pure. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/node-pressure-eviction/#pod-selection-for-kubelet-eviction.
/// Otherwise than there, for the disk only pods go that are a part of the shortage: where something else on the machine has filled
/// it, the end of one pod after the other would take both clusters out of service and give no room.
/// </summary>
internal static class EvictionRanking
{
    private const int Critical = 2_000_000_000; // system-cluster-critical and above

    // One pod of this share of what is missing would have to be joined by nine more.
    private const int LeastShare = 10;

    public static IReadOnlyList<V1Pod> Order(IEnumerable<V1Pod> pods, NodeStats node, Shortage shortage)
    {
        var resource = shortage.Resource;
        var least = resource == "memory" ? 0 : (shortage.Threshold - shortage.Available) / LeastShare;
        var stats = node.Pods.ToDictionary(p => p.Uid);
        return
        [
            .. pods.Where(p => !p.IsFinished() && !p.IsTerminating() && !IsCritical(p) && stats.ContainsKey(p.Metadata.Uid))
                .Select(p => (Pod: p, Above: Used(stats[p.Metadata.Uid], resource) - Requested(p, resource)))
                .Where(p => Used(stats[p.Pod.Metadata.Uid], resource) >= least)
                .OrderByDescending(p => p.Above > 0)
                .ThenBy(p => p.Pod.Spec.Priority ?? 0)
                .ThenByDescending(p => p.Above)
                .Select(p => p.Pod),
        ];
    }

    /// <summary>Pods that the cluster cannot be without are never evicted.</summary>
    public static bool IsCritical(V1Pod pod) => pod.Spec.Priority >= Critical;

    public static long Used(PodStats pod, string resource) => resource switch
    {
        "memory" => pod.Memory.WorkingSet,
        "inodes" => pod.EphemeralStorage.Inodes,
        _ => pod.EphemeralStorage.Bytes,
    };

    private static decimal Requested(V1Pod pod, string resource) =>
        pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar())).Sum(c => c.Request(resource) ?? 0);
}
