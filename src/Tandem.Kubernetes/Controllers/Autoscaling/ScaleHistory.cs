namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>What was recommended and done lately for one autoscaler. It starts empty when the process does, as with the real one.</summary>
/// <remarks>Times are of a clock that is never set: how long the process, or the machine, has been running.</remarks>
internal sealed class ScaleHistory
{
    /// <summary>The longest window and period that an autoscaler can have.</summary>
    private static readonly TimeSpan Kept = TimeSpan.FromHours(1);

    private readonly List<(TimeSpan At, int Replicas)> _recommendations = [];
    private readonly List<(TimeSpan At, int Change)> _changes = [];

    /// <summary>Remembers a recommendation.</summary>
    public void Recommend(int replicas, TimeSpan now)
    {
        _recommendations.RemoveAll(r => r.At < now - Kept);
        _recommendations.Add((now, replicas));
    }

    /// <summary>Remembers what was there at first, as if it had been recommended.</summary>
    public void Begin(int replicas, TimeSpan now)
    {
        if (_recommendations.Count == 0)
            Recommend(replicas, now);
    }

    /// <summary>Remembers a change of the scale.</summary>
    public void Scaled(int from, int to, TimeSpan now)
    {
        _changes.RemoveAll(c => c.At < now - Kept);
        _changes.Add((now, to - from));
    }

    /// <summary>The recommendations of a window.</summary>
    public IEnumerable<int> Recommendations(TimeSpan window, TimeSpan now) => _recommendations.Where(r => r.At > now - window).Select(r => r.Replicas);

    /// <summary>How many replicas were added in a period.</summary>
    public int Added(TimeSpan period, TimeSpan now) => _changes.Where(c => c.At > now - period && c.Change > 0).Sum(c => c.Change);

    /// <summary>How many replicas were removed in a period.</summary>
    public int Removed(TimeSpan period, TimeSpan now) => -_changes.Where(c => c.At > now - period && c.Change < 0).Sum(c => c.Change);
}
