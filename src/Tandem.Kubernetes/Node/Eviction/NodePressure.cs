using System.Collections.Immutable;

namespace Tandem.Kubernetes.Node.Eviction;

/// <summary>The node's conditions of pressure: each from when it is met until it has not been for the transition period.</summary>
internal sealed class NodePressure(TimeSpan transition, TimeProvider time)
{
    private ImmutableDictionary<string, long> _met = ImmutableDictionary<string, long>.Empty;

    /// <summary>Such as MemoryPressure.</summary>
    public IReadOnlyList<string> Conditions => [.. _met.Where(m => time.GetElapsedTime(m.Value) < transition).Select(m => m.Key).Order(StringComparer.Ordinal)];

    public void Observe(IEnumerable<Shortage> shortages)
    {
        foreach (var condition in shortages.Select(s => s.Condition).Distinct())
            _met = _met.SetItem(condition, time.GetTimestamp());
    }
}
