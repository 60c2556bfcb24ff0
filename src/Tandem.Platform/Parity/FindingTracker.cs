namespace Tandem.Platform.Parity;

/// <summary>Remembers since when each finding is so. A time that the object itself tells counts more.</summary>
public sealed class FindingTracker
{
    private Dictionary<(string Code, string Cluster, string? Object), DateTimeOffset> _since = [];

    /// <summary>The verdict with the time of each finding; what is no longer found is forgotten.</summary>
    public Verdict Track(Verdict verdict)
    {
        var since = new Dictionary<(string Code, string Cluster, string? Object), DateTimeOffset>();
        foreach (var finding in verdict.Findings)
            since[finding.Identity] = _since.TryGetValue(finding.Identity, out var known) ? known : finding.Since ?? verdict.At;
        _since = since;
        return verdict with { Findings = [.. verdict.Findings.Select(f => f with { Since = since[f.Identity] })] };
    }
}
