namespace Tandem.Platform.Drills;

/// <summary>The requests that were sent in one second.</summary>
/// <param name="At">When the second began.</param>
/// <param name="Hot">Served by the hot cluster.</param>
/// <param name="Standby">Served by the standby.</param>
/// <param name="Failed">Without a good answer.</param>
/// <param name="Slow">Of those served, longer than 1 s under way.</param>
public sealed record DrillSecond(DateTimeOffset At, int Hot, int Standby, int Failed, int Slow)
{
    /// <summary>The seconds from the first request to the last; those without a request too.</summary>
    public static IReadOnlyList<DrillSecond> Of(IReadOnlyList<DrillRequest> requests, DrillPlan plan)
    {
        if (requests.Count == 0)
            return [];
        var start = requests.Min(r => r.At);
        var seconds = requests.ToLookup(r => (int)(r.At - start).TotalSeconds);
        return
        [
            .. Enumerable.Range(0, seconds.Max(s => s.Key) + 1).Select(i => new DrillSecond(
                start.AddSeconds(i),
                seconds[i].Count(r => r.Succeeded && plan.ClusterOf(r.Target) == "hot"),
                seconds[i].Count(r => r.Succeeded && plan.ClusterOf(r.Target) == "standby"),
                seconds[i].Count(r => !r.Succeeded),
                seconds[i].Count(r => r.IsSlow))),
        ];
    }
}

/// <summary>The requests for one path.</summary>
/// <param name="Path">The path.</param>
/// <param name="Requests">How many.</param>
/// <param name="Failed">Without a good answer.</param>
/// <param name="Slow">Of those served, longer than 1 s under way.</param>
/// <param name="SlowestSeconds">The longest of those served; null where there was none.</param>
public sealed record DrillPath(string Path, int Requests, int Failed, int Slow, double? SlowestSeconds)
{
    /// <summary>The totals of each path.</summary>
    public static IReadOnlyList<DrillPath> Of(IReadOnlyList<DrillRequest> requests) =>
    [
        .. requests.GroupBy(r => r.Path).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => new DrillPath(
            g.Key,
            g.Count(),
            g.Count(r => !r.Succeeded),
            g.Count(r => r.IsSlow),
            g.Where(r => r.Succeeded).Max(r => (double?)Math.Round(r.Duration.TotalSeconds, 3)))),
    ];
}
