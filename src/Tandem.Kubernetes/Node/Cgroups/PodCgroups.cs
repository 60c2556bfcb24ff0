using System.Globalization;
using k8s.Models;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Cgroups;

/// <summary>The pods' own control groups, by quality-of-service class as the kubelet lays them out.</summary>
internal sealed class PodCgroups(string parent)
{
    private static readonly string[] Classes = ["", "/burstable", "/besteffort"];

    public string PathOf(V1Pod pod) => $"{parent}/kubepods{Class(pod)}/pod{pod.Metadata.Uid}";

    /// <summary>The group of a pod of which only the uid is known; none of these exists where the pod is gone.</summary>
    public string Find(string uid) =>
        Classes.Select(c => $"{parent}/kubepods{c}/pod{uid}").FirstOrDefault(CgroupTree.Exists) ?? $"{parent}/kubepods/pod{uid}";

    /// <summary>Makes the pod's group with the limits of the pod as a whole.</summary>
    public string Ensure(V1Pod pod)
    {
        var cgroup = PathOf(pod);
        CgroupTree.Create(cgroup);
        var resources = ResourceMath.ForPod(pod);
        if (CgroupTree.IsUnified)
        {
            CgroupTree.Set("cpu", $"{parent}/kubepods/besteffort", "cpu.weight", "1");
            CgroupTree.Set("cpu", cgroup, "cpu.weight", Text(Weight(resources.CpuShares)));
            CgroupTree.Set("cpu", cgroup, "cpu.max", resources.CpuQuota > 0 ? $"{Text(resources.CpuQuota)} {Text(ResourceMath.CpuPeriod)}" : "max");
            CgroupTree.Set("memory", cgroup, "memory.max", resources.MemoryLimitInBytes > 0 ? Text(resources.MemoryLimitInBytes) : "max");
        }
        else
        {
            CgroupTree.Set("cpu", $"{parent}/kubepods/besteffort", "cpu.shares", "2");
            CgroupTree.Set("cpu", cgroup, "cpu.shares", Text(resources.CpuShares));
            CgroupTree.Set("cpu", cgroup, "cpu.cfs_quota_us", resources.CpuQuota > 0 ? Text(resources.CpuQuota) : "-1");
            CgroupTree.Set("memory", cgroup, "memory.limit_in_bytes", resources.MemoryLimitInBytes > 0 ? Text(resources.MemoryLimitInBytes) : "-1");
        }

        return cgroup;
    }

    /// <summary>Removes a pod's group, whatever class it was of.</summary>
    public void Remove(string uid)
    {
        foreach (var qos in Classes)
            CgroupTree.Remove($"{parent}/kubepods{qos}/pod{uid}");
    }

    // The kernel's own mapping of 2..262144 shares to a weight of 1..10000 (KEP-2254).
    private static long Weight(long shares) => 1 + (shares - 2) * 9999 / 262142;

    private static string Class(V1Pod pod) => pod.QosClass() switch
    {
        "Burstable" => Classes[1],
        "BestEffort" => Classes[2],
        _ => Classes[0],
    };

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
