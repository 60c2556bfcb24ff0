namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The counters of a node.</summary>
/// <param name="Name">Of the node.</param>
/// <param name="At">When they were read.</param>
/// <param name="BootedAt">When the machine began.</param>
/// <param name="CpuNanoseconds">Processor time of the machine.</param>
/// <param name="MemoryCapacity">Bytes that pods may use, all of them together.</param>
/// <param name="MemoryAvailable">Bytes of these that are left.</param>
/// <param name="FileSystem">Where volumes, logs and images are.</param>
/// <param name="Pods">Those that run.</param>
internal sealed record NodeStats(
    string Name, DateTimeOffset At, DateTimeOffset BootedAt, long CpuNanoseconds, long MemoryCapacity, long MemoryAvailable, FileSystemStats FileSystem,
    IReadOnlyList<PodStats> Pods)
{
    public long MemoryWorkingSet => MemoryCapacity - MemoryAvailable;
}
