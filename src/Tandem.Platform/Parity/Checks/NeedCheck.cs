using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Wanted;

namespace Tandem.Platform.Parity.Checks;

/// <summary>Secrets and ConfigMaps that the release names and does not bring are in both clusters, and the same.</summary>
internal static class NeedCheck
{
    public static IEnumerable<Finding> Of(ParityView view)
    {
        var findings = view.Seen.SelectMany(c => Needs(c).Where(n => c.Find(n.Key) is null).Select(n => Missing(c, n)));
        foreach (var (hot, standby) in view.Pair)
            findings = findings.Concat(Needs(standby).Where(n => Differs(hot, standby, n.Key)).Select(n => Different(standby, n)));
        return findings;
    }

    /// <summary>Each once, whoever names it first. What the release brings itself is a matter of drift.</summary>
    private static IEnumerable<ObjectNeed> Needs(ClusterView cluster) =>
        cluster.Wanted is { } wanted ? wanted.Needs.Where(n => !wanted.Objects.ContainsKey(n.Key)).DistinctBy(n => n.Key) : [];

    private static bool Differs(ClusterView hot, ClusterView standby, ObjectKey key) =>
        hot.Find(key) is { } one && standby.Find(key) is { } other && one.Facts.Data != other.Facts.Data;

    private static Finding Missing(ClusterView cluster, ObjectNeed need) => new(
        Code(need, "missing"), cluster.Weight, cluster.Name, need.Key.ToString(), $"{need.By} needs it, and it is not there",
        $"copy it from the other cluster, or make it part of the release");

    private static Finding Different(ClusterView standby, ObjectNeed need) => new(
        Code(need, "differs"), standby.Weight, standby.Name, need.Key.ToString(), $"{need.By} needs it, and it is not what the hot cluster has",
        "copy it from the cluster that has the right one, or make it part of the release")
    {
        Since = standby.Find(need.Key)?.Facts.ChangedAt,
    };

    private static string Code(ObjectNeed need, string what) => $"{(need.Key.Kind == "Secret" ? "secret" : "config-map")}-{what}";
}
