using k8s.Models;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>Requests and limits as the kernel wants them, with the kubelet's roundings.</summary>
internal static class ResourceMath
{
    public const long CpuPeriod = 100_000; // microseconds

    private const long MinShares = 2;
    private const long MaxShares = 262_144;
    private const long MinQuota = 1_000; // microseconds; the kernel takes no less

    public static long Shares(decimal cores) => Math.Clamp((long)(decimal.Ceiling(cores * 1000) * 1024 / 1000), MinShares, MaxShares);

    /// <summary>Microseconds per period; 0 is no limit.</summary>
    public static long Quota(decimal cores) => cores <= 0 ? 0 : Math.Max(MinQuota, (long)(decimal.Ceiling(cores * 1000) * CpuPeriod / 1000));

    public static LinuxContainerResources ForContainer(V1Pod pod, V1Container container, long machineMemory, bool unified)
    {
        var memory = (long)(container.Limit("memory") ?? 0);
        return new LinuxContainerResources
        {
            CpuPeriod = CpuPeriod,
            CpuQuota = Quota(container.Limit("cpu") ?? 0),
            CpuShares = Shares(container.Request("cpu") ?? container.Limit("cpu") ?? 0),
            MemoryLimitInBytes = memory,
            MemorySwapLimitInBytes = memory,
            OomScoreAdj = OomScore(pod, container, machineMemory),
            Unified = { CgroupSettings.OfContainer(unified).ToDictionary() },
        };
    }

    /// <summary>The pod as a whole: a limit only where every container has one.</summary>
    public static LinuxContainerResources ForPod(V1Pod pod)
    {
        var memory = (long)(PodLimit(pod, "memory") ?? 0);
        return new LinuxContainerResources
        {
            CpuPeriod = CpuPeriod,
            CpuQuota = Quota(PodLimit(pod, "cpu") ?? 0),
            CpuShares = Shares(PodRequest(pod, "cpu")),
            MemoryLimitInBytes = memory,
        };
    }

    /// <summary>-997 for Guaranteed, 1000 for BestEffort; in between the lower, the more memory was asked for.</summary>
    public static long OomScore(V1Pod pod, V1Container container, long machineMemory)
    {
        if (pod.Spec.PriorityClassName == "system-node-critical" || pod.QosClass() == "Guaranteed")
            return -997;
        if (pod.QosClass() == "BestEffort")
            return 1000;
        var request = (long)(container.Request("memory") ?? container.Limit("memory") ?? 0);
        return Math.Clamp(1000 - (long)(1000m * request / machineMemory), 3, 999);
    }

    // Init containers run one after the other: the largest of them counts; sidecars run beside the main ones.
    private static decimal PodRequest(V1Pod pod, string name)
    {
        var together = pod.Spec.Containers.Concat(pod.InitContainers().Where(c => c.IsSidecar()))
            .Sum(c => c.Request(name) ?? c.Limit(name) ?? 0);
        var alone = pod.InitContainers().Where(c => !c.IsSidecar()).Select(c => c.Request(name) ?? c.Limit(name) ?? 0).DefaultIfEmpty().Max();
        return Math.Max(together, alone);
    }

    private static decimal? PodLimit(V1Pod pod, string name)
    {
        var all = pod.Spec.Containers.Concat(pod.InitContainers()).ToList();
        if (all.Any(c => c.Limit(name) is not > 0))
            return null;
        var together = all.Where(c => pod.Spec.Containers.Contains(c) || c.IsSidecar()).Sum(c => c.Limit(name)!.Value);
        var alone = pod.InitContainers().Where(c => !c.IsSidecar()).Select(c => c.Limit(name)!.Value).DefaultIfEmpty().Max();
        return Math.Max(together, alone);
    }
}
