using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Checks;

/// <summary>Each cluster has exactly the objects of the release, each as it was deployed.</summary>
internal static class DriftCheck
{
    private const string Mend = "tandem sync makes it what the release says; to keep the change, deploy it";

    public static IEnumerable<Finding> Of(ParityView view) =>
        view.Seen.Where(c => c.Wanted is not null && !IsChanging(c, view.History.Pending)).SelectMany(Of);

    /// <summary>A release under way has changed it already: that is one finding, of <see cref="ReleaseCheck"/>, and not one for each object.</summary>
    private static bool IsChanging(ClusterView cluster, Release? pending) => pending?.Clusters.GetValueOrDefault(cluster.Name) is ReleaseStage.Applying or ReleaseStage.Applied;

    private static IEnumerable<Finding> Of(ClusterView cluster)
    {
        var wanted = cluster.Wanted!;
        foreach (var (key, value) in wanted.Objects)
        {
            if (!cluster.Members.TryGetValue(key, out var live))
                yield return Finding(cluster, "missing", key, "the release has it, and the cluster does not, or it has lost the mark of the release", null);
            else if (Difference(key, value, live, wanted.Owned) is { } difference)
                yield return Finding(cluster, "drifted", key, difference, live.Facts.ChangedAt);
        }

        foreach (var (key, live) in cluster.Members)
            if (!wanted.Objects.ContainsKey(key))
                yield return Finding(cluster, "extra", key, "an earlier release had it, and the current one does not", live.Facts.ChangedAt) with { Severity = FindingSeverity.Warns };
    }

    private static string? Difference(ObjectKey key, WantedObject wanted, LiveObject live, IReadOnlyDictionary<string, string> owned) =>
        live.Facts.Hash != wanted.Hash ? "it is from another release"
        : owned.TryGetValue(key.ToString(), out var fields) && fields != live.Facts.Owned ? "somebody has changed it since it was deployed"
        : null;

    private static Finding Finding(ClusterView cluster, string code, ObjectKey key, string what, DateTimeOffset? since) =>
        new(code, cluster.Weight, cluster.Name, key.ToString(), what, Mend) { Since = since };
}
