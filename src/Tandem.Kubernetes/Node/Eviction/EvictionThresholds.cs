namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>
/// From when on the node is short of something: the kubelet's <c>evictionHard</c> and its defaults. Fractions are of the capacity, but
/// of a disk at most <see cref="DiskAtMost"/>: an embedded node shares its disk with the machine.
/// </summary>
public sealed record EvictionThresholds
{
    /// <summary>Bytes of memory.available.</summary>
    public long MemoryAvailable { get; init; } = 100 << 20;

    /// <summary>Of nodefs.available.</summary>
    public double DiskAvailable { get; init; } = 0.10;

    /// <summary>Of imagefs.available; images are on the same file system as all else.</summary>
    public double ImagesAvailable { get; init; } = 0.15;

    /// <summary>Bytes of a disk that are enough, however large it is.</summary>
    public long DiskAtMost { get; init; } = 1 << 30;

    /// <summary>Of nodefs.inodesFree.</summary>
    public double InodesFree { get; init; } = 0.05;

    /// <summary>How long a condition stays after it was last met; evictionPressureTransitionPeriod.</summary>
    public TimeSpan TransitionPeriod { get; init; } = TimeSpan.FromMinutes(5);
}
