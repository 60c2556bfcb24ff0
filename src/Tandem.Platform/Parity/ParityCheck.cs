using Tandem.Platform.Parity.Checks;

namespace Tandem.Platform.Parity;

/// <summary>Judges whether the standby is ready to take over. Pure.</summary>
public static class ParityCheck
{
    private static readonly Func<ParityView, IEnumerable<Finding>>[] All =
    [
        ReachCheck.Of, ReleaseCheck.Of, DriftCheck.Of, NeedCheck.Of, ApiCheck.Of, WorkloadCheck.Of, CapacityCheck.Of, ImageCheck.Of, CertificateCheck.Of, IngressCheck.Of,
    ];

    /// <summary>The verdict on two clusters.</summary>
    public static Verdict Judge(ParityView view)
    {
        IReadOnlyList<Finding> findings = [.. All.SelectMany(check => check(view)).OrderByDescending(f => f.Severity)];
        var blocking = findings.Where(f => f.Severity == FindingSeverity.Blocks).ToList();
        var unseen = view.Clusters.Where(c => !c.IsSeen).Select(c => c.Name).ToList();
        return new Verdict(blocking.Count == 0, unseen.Count == 0, Because(view, blocking, findings.Count - blocking.Count), view.History.Current?.Number, findings, view.At)
        {
            Unseen = unseen,
            Away = [.. view.Clusters.Where(c => c.IsAway).Select(c => c.Name)],
        };
    }

    private static string Because(ParityView view, List<Finding> blocking, int warnings)
    {
        if (blocking is [var first, ..])
            return $"{first.Cluster}{(first.Object is { } name ? $": {name}" : "")}: {first.What}{(blocking.Count == 1 ? "" : $"; and {blocking.Count - 1} more")}";
        var objects = view.Standby.Wanted?.Objects.Count ?? 0;
        return $"the standby has all {objects} objects of release {view.History.Current!.Number}, as ready as in the hot cluster"
            + (warnings == 0 ? "" : $"; {warnings} warning{(warnings == 1 ? "" : "s")}");
    }
}
