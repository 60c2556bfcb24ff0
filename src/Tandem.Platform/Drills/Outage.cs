namespace Tandem.Platform.Drills;

/// <summary>A time in which no request succeeded.</summary>
/// <param name="From">When the first failed request was sent.</param>
/// <param name="To">When the first success after it was complete; null where there was none.</param>
public sealed record Outage(DateTimeOffset From, DateTimeOffset? To)
{
    /// <summary>The outages that begin at or after a moment.</summary>
    public static IReadOnlyList<Outage> Of(IEnumerable<DrillRequest> requests, DateTimeOffset since)
    {
        var outages = new List<Outage>();
        foreach (var request in requests.Where(r => r.At >= since).OrderBy(r => r.At))
        {
            var open = outages.Count > 0 && outages[^1].To is null;
            if (request.Succeeded && open)
                outages[^1] = outages[^1] with { To = request.At + request.Duration };
            else if (!request.Succeeded && !open)
                outages.Add(new Outage(request.At, null));
        }

        return outages;
    }
}
