using Tandem.Kubernetes.Api.Metrics;

namespace Tandem.Kubernetes.Node.Metrics;

/// <summary>The counters of a node at a moment.</summary>
/// <param name="At">The moment.</param>
/// <param name="CpuNanoseconds">Processor time of the machine since it started.</param>
/// <param name="MemoryBytes">Memory of the machine in use.</param>
/// <param name="Containers">By the runtime's identifier.</param>
internal sealed record NodeSample(
    DateTimeOffset At, long CpuNanoseconds, long MemoryBytes, IReadOnlyDictionary<string, ContainerSample> Containers)
{
    /// <summary>By so much a clock is set at least; less distorts a rate by little.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromSeconds(1);

    /// <summary>What was used between an earlier sample and this one.</summary>
    public UsageReport Since(NodeSample earlier, string node)
    {
        var pods = new Dictionary<string, IReadOnlyDictionary<string, Usage>>();
        foreach (var pod in Containers.GroupBy(c => c.Value.PodUid))
        {
            var usages = pod.ToDictionary(c => c.Value.Name, c => UsageOf(c.Value, earlier.Containers.GetValueOrDefault(c.Key)));
            if (usages.Values.All(u => u is not null))
                pods[pod.Key] = usages.ToDictionary(u => u.Key, u => u.Value!);
        }

        var window = At - earlier.At;
        return new UsageReport(
            node, At, window, new Usage(Rate(CpuNanoseconds - earlier.CpuNanoseconds, (long)window.TotalNanoseconds), MemoryBytes), pods);
    }

    /// <summary>
    /// Whether the clock was set since, so that nothing can be measured from here: the runtime's times are the wall clock's.
    /// </summary>
    /// <param name="now">The time.</param>
    /// <param name="age">How old the sample is by a clock that is never set.</param>
    public bool IsOfAnotherClock(DateTimeOffset now, TimeSpan age) => (now - At - age).Duration() > ClockStep;

    private static Usage? UsageOf(ContainerSample now, ContainerSample? earlier) =>
        earlier is null || now.At <= earlier.At ? null : new Usage(Rate(now.CpuNanoseconds - earlier.CpuNanoseconds, now.At - earlier.At), now.MemoryBytes);

    /// <summary>Billionths of a core.</summary>
    private static long Rate(long used, long time) => time <= 0 ? 0 : (long)Math.Max(0, (decimal)used * 1_000_000_000 / time);
}
