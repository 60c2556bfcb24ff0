namespace Tandem.Kubernetes.Node.Metrics;

/// <summary>The counters of a running container at a moment.</summary>
/// <param name="PodUid">Its pod.</param>
/// <param name="Name">Its name in the pod.</param>
/// <param name="At">When the processor time was read, in nanoseconds of Unix time.</param>
/// <param name="CpuNanoseconds">Processor time since it started.</param>
/// <param name="MemoryBytes">Its working set.</param>
internal sealed record ContainerSample(string PodUid, string Name, long At, long CpuNanoseconds, long MemoryBytes);
