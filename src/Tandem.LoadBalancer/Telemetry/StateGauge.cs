using Prometheus;

namespace Tandem.LoadBalancer.Telemetry;

/// <summary>A gauge whose labels come and go: what was not set in a collection is gone after it.</summary>
internal sealed class StateGauge(Gauge gauge)
{
    private readonly HashSet<string> _set = [];

    public void Set(double value, params string[] labels)
    {
        gauge.WithLabels(labels).Set(value);
        _set.Add(string.Join('\0', labels));
    }

    public void Set(bool value, params string[] labels) => Set(value ? 1 : 0, labels);

    /// <summary>Ends a collection.</summary>
    public void Sweep()
    {
        foreach (var labels in gauge.GetAllLabelValues().Where(labels => !_set.Contains(string.Join('\0', labels))).ToList())
            gauge.RemoveLabelled(labels);
        _set.Clear();
    }
}
