namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The counters of a running container.</summary>
internal sealed record ContainerStats
{
    public required string Id { get; init; }

    public required string Name { get; init; }

    public required string Image { get; init; }

    /// <summary>Its control group.</summary>
    public required string Cgroup { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset At { get; init; }

    public required long CpuNanoseconds { get; init; }

    public required MemoryStats Memory { get; init; }

    /// <summary>What it wrote to its own root.</summary>
    public required DiskUsage Root { get; init; }

    public required DiskUsage Logs { get; init; }
}

/// <summary>Memory, in bytes, and the page faults since the start.</summary>
internal sealed record MemoryStats(long WorkingSet, long Usage, long Rss, long PageFaults, long MajorPageFaults)
{
    public static MemoryStats operator +(MemoryStats a, MemoryStats b) => new(
        a.WorkingSet + b.WorkingSet, a.Usage + b.Usage, a.Rss + b.Rss, a.PageFaults + b.PageFaults, a.MajorPageFaults + b.MajorPageFaults);
}
