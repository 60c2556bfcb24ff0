using System.Globalization;
using Tandem.Kubernetes.Node.Cgroups;
using Tandem.Kubernetes.Node.Cri;
using Tandem.Kubernetes.Node.Cri.V1;
using Tandem.Kubernetes.Node.Metrics;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Volumes;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>Reads the counters of the node and of all that runs on it, from the runtime, the kernel and the pods' folders.</summary>
internal sealed class StatsReader(CriClient cri, NodeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    private readonly PodPaths _paths = new(options);
    private readonly PodCgroups _cgroups = new(options.CgroupParent);

    /// <exception cref="Grpc.Core.RpcException">The runtime does not answer.</exception>
    public async Task<NodeStats> ReadAsync(CancellationToken cancellationToken)
    {
        var deadline = (time.GetUtcNow() + Limit).UtcDateTime;
        var sandboxes = await cri.Runtime.ListPodSandboxAsync(new ListPodSandboxRequest(), deadline: deadline, cancellationToken: cancellationToken);
        var containers = await cri.Runtime.ListContainersAsync(new ListContainersRequest(), deadline: deadline, cancellationToken: cancellationToken);
        var stats = await cri.Runtime.ListContainerStatsAsync(new ListContainerStatsRequest(), deadline: deadline, cancellationToken: cancellationToken);
        var running = containers.Containers.Where(c => c.State == ContainerState.ContainerRunning).ToDictionary(c => c.Id);
        var measured = stats.Stats.Where(s => s.Cpu?.UsageCoreNanoSeconds is not null && running.ContainsKey(s.Attributes.Id))
            .ToLookup(s => running[s.Attributes.Id].PodSandboxId);
        var pods = sandboxes.Items.Where(s => s.State == PodSandboxState.SandboxReady)
            .Select(s => Pod(s, measured[s.Id].Select(m => (running[m.Attributes.Id], m)))).ToList();
        var memory = NodeMemory.Read(options);
        return new NodeStats(
            options.NodeName, time.GetUtcNow(), BootTime(), MachineUsage.CpuNanoseconds(), memory.Capacity, memory.Available,
            FileSystemStats.Of(options.StateDirectory), pods);
    }

    private PodStats Pod(PodSandbox sandbox, IEnumerable<(Container Container, Cri.V1.ContainerStats Stats)> containers)
    {
        var uid = sandbox.Metadata.Uid;
        var cgroup = _cgroups.Find(uid);
        return new PodStats
        {
            Name = sandbox.Metadata.Name,
            Namespace = sandbox.Metadata.Namespace,
            Uid = uid,
            Cgroup = cgroup,
            StartedAt = Moment(sandbox.CreatedAt),
            Containers = [.. containers.Select(c => One(sandbox, cgroup, c.Container, c.Stats)).OrderBy(c => c.Name, StringComparer.Ordinal)],
            Network = Network($"{cgroup}/{sandbox.Id}"),
            Volumes = Volumes(uid),
            Processes = CgroupTree.Processes(cgroup).Count,
        };
    }

    private ContainerStats One(PodSandbox sandbox, string cgroup, Container container, Cri.V1.ContainerStats stats)
    {
        var memory = stats.Memory;
        return new ContainerStats
        {
            Id = container.Id,
            Name = container.Metadata.Name,
            Image = container.Image?.Image ?? "",
            Cgroup = $"{cgroup}/{container.Id}",
            StartedAt = Moment(container.CreatedAt),
            At = Moment(stats.Cpu.Timestamp),
            CpuNanoseconds = (long)stats.Cpu.UsageCoreNanoSeconds.Value,
            Memory = new MemoryStats(
                Count(memory?.WorkingSetBytes), Count(memory?.UsageBytes), Count(memory?.RssBytes), Count(memory?.PageFaults), Count(memory?.MajorPageFaults)),
            Root = new DiskUsage(Count(stats.WritableLayer?.UsedBytes), Count(stats.WritableLayer?.InodesUsed)),
            Logs = DiskUsage.Of(Path.Combine(_paths.LogDirectory(sandbox.Metadata.Namespace, sandbox.Metadata.Name, sandbox.Metadata.Uid), container.Metadata.Name)),
        };
    }

    // The network of the process that holds the pod's namespaces, unless that is the node's own.
    private static IReadOnlyList<InterfaceStats> Network(string cgroup)
    {
        try
        {
            var process = CgroupTree.Processes(cgroup).Select(pid => $"/proc/{pid.ToString(CultureInfo.InvariantCulture)}").FirstOrDefault();
            return process is null || new FileInfo($"{process}/ns/net").LinkTarget == new FileInfo("/proc/self/ns/net").LinkTarget
                ? [] : InterfaceStats.Parse(File.ReadAllLines($"{process}/net/dev"));
        }
        catch (IOException)
        {
            return []; // it has ended meanwhile
        }
    }

    private Dictionary<string, VolumeStats> Volumes(string uid)
    {
        var mounts = Mounts.Below(_paths.Volumes(uid)).ToHashSet();
        return _paths.EmptyDirs(uid).ToDictionary(
            folder => Path.GetFileName(folder),
            folder => new VolumeStats(DiskUsage.Of(folder), FileSystemStats.Of(folder), mounts.Contains(folder)));
    }

    private DateTimeOffset BootTime() => time.GetUtcNow() - TimeSpan.FromSeconds(
        double.Parse(File.ReadAllText("/proc/uptime").Split(' ')[0], CultureInfo.InvariantCulture));

    private static DateTimeOffset Moment(long nanoseconds) => DateTimeOffset.UnixEpoch.AddTicks(nanoseconds / 100);

    private static long Count(UInt64Value? value) => (long)(value?.Value ?? 0);
}
