using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Metrics;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The kubelet's <c>/stats/summary</c>. Pure. See
/// https://github.com/kubernetes/kubelet/blob/master/pkg/apis/stats/v1alpha1/types.go.</summary>
internal static class SummaryJson
{
    public static JsonObject Of(NodeStats node, UsageReport rates) => new()
    {
        ["node"] = new JsonObject
        {
            ["nodeName"] = node.Name,
            ["systemContainers"] = new JsonArray(Allocatable(node)),
            ["startTime"] = WallClock.Text(node.BootedAt),
            ["cpu"] = Cpu(node.At, node.CpuNanoseconds, rates.Node),
            ["memory"] = new JsonObject
            {
                ["time"] = WallClock.Text(node.At),
                ["availableBytes"] = node.MemoryAvailable,
                ["usageBytes"] = node.MemoryWorkingSet,
                ["workingSetBytes"] = node.MemoryWorkingSet,
            },
            ["fs"] = FileSystem(node.At, node.FileSystem, node.FileSystem.Used, node.FileSystem.Inodes - node.FileSystem.InodesFree),
            ["runtime"] = new JsonObject
            {
                ["imageFs"] = FileSystem(node.At, node.FileSystem, node.FileSystem.Used, node.FileSystem.Inodes - node.FileSystem.InodesFree),
            },
        },
        ["pods"] = new JsonArray([.. node.Pods.Select(p => Pod(p, node, rates.Pods.GetValueOrDefault(p.Uid)))]),
    };

    private static JsonObject Allocatable(NodeStats node)
    {
        var used = node.Pods.Sum(p => p.Memory.WorkingSet);
        return new JsonObject
        {
            ["name"] = "pods",
            ["startTime"] = WallClock.Text(node.BootedAt),
            ["memory"] = new JsonObject
            {
                ["time"] = WallClock.Text(node.At),
                ["availableBytes"] = Math.Max(0, node.MemoryCapacity - used),
                ["workingSetBytes"] = used,
            },
        };
    }

    private static JsonObject Pod(PodStats pod, NodeStats node, IReadOnlyDictionary<string, Usage>? rates)
    {
        var result = new JsonObject
        {
            ["podRef"] = new JsonObject { ["name"] = pod.Name, ["namespace"] = pod.Namespace, ["uid"] = pod.Uid },
            ["startTime"] = WallClock.Text(pod.StartedAt),
            ["containers"] = new JsonArray([.. pod.Containers.Select(c => Container(c, node.FileSystem, rates?.GetValueOrDefault(c.Name)))]),
            ["cpu"] = Cpu(node.At, pod.CpuNanoseconds, rates is null ? null : new Usage(rates.Values.Sum(r => r.NanoCores), 0)),
            ["memory"] = Memory(node.At, pod.Memory),
            ["network"] = Network(node.At, pod.Network),
            ["volume"] = new JsonArray([.. pod.Volumes.Select(v => Volume(node.At, v.Key, v.Value))]),
            ["ephemeral-storage"] = FileSystem(node.At, node.FileSystem, pod.EphemeralStorage.Bytes, pod.EphemeralStorage.Inodes),
            ["process_stats"] = new JsonObject { ["process_count"] = pod.Processes },
        };
        return result.WithoutNulls();
    }

    private static JsonObject Container(ContainerStats container, FileSystemStats disk, Usage? rate) => new()
    {
        ["name"] = container.Name,
        ["startTime"] = WallClock.Text(container.StartedAt),
        ["cpu"] = Cpu(container.At, container.CpuNanoseconds, rate),
        ["memory"] = Memory(container.At, container.Memory),
        ["rootfs"] = FileSystem(container.At, disk, container.Root.Bytes, container.Root.Inodes),
        ["logs"] = FileSystem(container.At, disk, container.Logs.Bytes, container.Logs.Inodes),
    };

    private static JsonObject Cpu(DateTimeOffset at, long nanoseconds, Usage? rate) => new JsonObject
    {
        ["time"] = WallClock.Text(at),
        ["usageNanoCores"] = rate?.NanoCores,
        ["usageCoreNanoSeconds"] = nanoseconds,
    }.WithoutNulls();

    private static JsonObject Memory(DateTimeOffset at, MemoryStats memory) => new()
    {
        ["time"] = WallClock.Text(at),
        ["usageBytes"] = memory.Usage,
        ["workingSetBytes"] = memory.WorkingSet,
        ["rssBytes"] = memory.Rss,
        ["pageFaults"] = memory.PageFaults,
        ["majorPageFaults"] = memory.MajorPageFaults,
    };

    private static JsonObject? Network(DateTimeOffset at, IReadOnlyList<InterfaceStats> interfaces)
    {
        if (interfaces.Count == 0)
            return null;
        var result = Interface(interfaces.FirstOrDefault(i => i.Name == "eth0") ?? interfaces[0]);
        result["time"] = WallClock.Text(at);
        result["interfaces"] = new JsonArray([.. interfaces.Select(Interface)]);
        return result;
    }

    private static JsonObject Interface(InterfaceStats one) => new()
    {
        ["name"] = one.Name,
        ["rxBytes"] = one.RxBytes,
        ["rxErrors"] = one.RxErrors,
        ["txBytes"] = one.TxBytes,
        ["txErrors"] = one.TxErrors,
    };

    private static JsonObject Volume(DateTimeOffset at, string name, VolumeStats volume)
    {
        var result = FileSystem(at, volume.FileSystem, volume.Usage.Bytes, volume.Usage.Inodes);
        result["name"] = name;
        return result;
    }

    private static JsonObject FileSystem(DateTimeOffset at, FileSystemStats disk, long used, long inodes) => new()
    {
        ["time"] = WallClock.Text(at),
        ["availableBytes"] = disk.Available,
        ["capacityBytes"] = disk.Capacity,
        ["usedBytes"] = used,
        ["inodesFree"] = disk.InodesFree,
        ["inodes"] = disk.Inodes,
        ["inodesUsed"] = inodes,
    };
}
