namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The counters of a pod.</summary>
internal sealed record PodStats
{
    public required string Name { get; init; }

    public required string Namespace { get; init; }

    public required string Uid { get; init; }

    /// <summary>Its control group.</summary>
    public required string Cgroup { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required IReadOnlyList<ContainerStats> Containers { get; init; }

    /// <summary>Of its own network; none where it uses the node's.</summary>
    public required IReadOnlyList<InterfaceStats> Network { get; init; }

    /// <summary>Volumes of its own, by name, the largest part of what a pod keeps on the node's disk or in its memory.</summary>
    public required IReadOnlyDictionary<string, VolumeStats> Volumes { get; init; }

    public required int Processes { get; init; }

    public long CpuNanoseconds => Containers.Sum(c => c.CpuNanoseconds);

    public MemoryStats Memory => Containers.Aggregate(new MemoryStats(0, 0, 0, 0, 0), (sum, c) => sum + c.Memory);

    /// <summary>What its end would give back of the node's disk.</summary>
    public DiskUsage EphemeralStorage => Containers.Select(c => c.Root + c.Logs).Concat(Volumes.Values.Where(v => !v.InMemory).Select(v => v.Usage))
        .Aggregate(new DiskUsage(0, 0), (sum, one) => sum + one);
}

/// <summary>A volume of the pod's own.</summary>
internal sealed record VolumeStats(DiskUsage Usage, FileSystemStats FileSystem, bool InMemory);
