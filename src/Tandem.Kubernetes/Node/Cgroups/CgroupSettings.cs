using System.Globalization;
using Tandem.Kubernetes.Node.Containers;
using Tandem.Kubernetes.Node.Cri.V1;

namespace Tandem.Kubernetes.Node.Cgroups;

/// <summary>A value for a file of a control group.</summary>
/// <param name="Controller">Its hierarchy in version 1; of no effect in version 2.</param>
/// <param name="File">Such as <c>cpu.shares</c> or <c>memory.max</c>.</param>
/// <param name="Value">As cgroups(7) has it.</param>
internal sealed record CgroupSetting(string Controller, string File, string Value);

/// <summary>What is written into pods' control groups, in both versions of them. Pure.</summary>
internal static class CgroupSettings
{
    /// <summary>A pod's own group.</summary>
    public static IReadOnlyList<CgroupSetting> OfPod(LinuxContainerResources pod, bool unified) => unified
        ?
        [
            new("cpu", "cpu.weight", Text(Weight(pod.CpuShares))),
            new("cpu", "cpu.max", $"{(pod.CpuQuota > 0 ? Text(pod.CpuQuota) : "max")} {Text(ResourceMath.CpuPeriod)}"),
            new("memory", "memory.max", pod.MemoryLimitInBytes > 0 ? Text(pod.MemoryLimitInBytes) : "max"),
        ]
        :
        [
            new("cpu", "cpu.shares", Text(pod.CpuShares)),
            new("cpu", "cpu.cfs_quota_us", pod.CpuQuota > 0 ? Text(pod.CpuQuota) : "-1"),
            new("memory", "memory.limit_in_bytes", pod.MemoryLimitInBytes > 0 ? Text(pod.MemoryLimitInBytes) : "-1"),
        ];

    /// <summary>The group of all pods that ask for nothing: they get what others leave.</summary>
    public static CgroupSetting BestEffort(bool unified) => unified ? new("cpu", "cpu.weight", "1") : new("cpu", "cpu.shares", "2");

    /// <summary>What goes to the runtime for a container besides the limits that it translates itself: in version 2 an out-of-memory end is that of
    /// the whole container, as the kubelet has had it since 1.28.</summary>
    public static IReadOnlyDictionary<string, string> OfContainer(bool unified) =>
        unified ? new Dictionary<string, string> { ["memory.oom.group"] = "1" } : new Dictionary<string, string>();

    // The kernel's own mapping of 2..262144 shares to a weight of 1..10000 (KEP-2254).
    private static long Weight(long shares) => 1 + (shares - 2) * 9999 / 262142;

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
