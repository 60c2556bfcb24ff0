using k8s.Models;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Stats;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>Whether a pod keeps more on the node's disk than it may: no kernel stops it, so it is evicted. Pure.</summary>
internal static class StorageLimits
{
    /// <summary>The kubelet's words for what is exceeded, or null.</summary>
    public static string? Exceeded(V1Pod pod, PodStats stats)
    {
        foreach (var volume in pod.Spec.Volumes ?? [])
            if (volume.EmptyDir?.SizeLimit is { } size && size.ToDecimal() is var most and > 0
                && stats.Volumes.TryGetValue(volume.Name, out var found) && found.Usage.Bytes > most)
                return EvictionMessages.EmptyDir(volume.Name, size);

        var containers = pod.Spec.Containers.Concat(pod.InitContainers()).ToList();
        var limits = pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar())).Select(c => c.Limit("ephemeral-storage")).ToList();
        if (limits.Count > 0 && limits.TrueForAll(l => l is > 0) && stats.EphemeralStorage.Bytes > limits.Sum())
            return EvictionMessages.Pod(limits.Sum()!.Value);
        foreach (var container in stats.Containers)
            if (containers.FirstOrDefault(c => c.Name == container.Name)?.Resources?.Limits is { } own
                && own.TryGetValue("ephemeral-storage", out var limit) && container.Root.Bytes + container.Logs.Bytes > limit.ToDecimal())
                return EvictionMessages.Container(container.Name, limit);
        return null;
    }
}
