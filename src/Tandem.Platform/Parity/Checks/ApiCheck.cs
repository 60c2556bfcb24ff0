using Tandem.Platform.Clusters;

namespace Tandem.Platform.Parity.Checks;

/// <summary>Both clusters serve the kinds of the release, and mean the same by those that were defined there.</summary>
internal static class ApiCheck
{
    private const string Mend = "install the same definition in both clusters, or make it part of the release";

    public static IEnumerable<Finding> Of(ParityView view)
    {
        foreach (var cluster in view.Seen)
            foreach (var kind in cluster.NotServed)
                yield return new Finding("api-missing", cluster.Weight, cluster.Name, kind, "the release has objects of it, and the cluster does not serve it", Mend);
        foreach (var (hot, standby) in view.Pair)
            foreach (var (key, one) in hot.Others)
                if (key.Kind == "CustomResourceDefinition" && IsUsed(standby, key) && standby.Find(key) is { } other && one.Facts.Served != other.Facts.Served)
                    yield return new Finding("api-differs", standby.Weight, standby.Name, key.ToString(), "its definition is not the one of the hot cluster", Mend)
                    {
                        Since = other.Facts.ChangedAt,
                    };
    }

    /// <summary>A definition is named after its plural and its group.</summary>
    private static bool IsUsed(ClusterView cluster, ObjectKey definition) =>
        cluster.Wanted?.Objects.Keys.Any(k => k.Group.Length > 0 && definition.Name.EndsWith("." + k.Group, StringComparison.Ordinal)) == true;
}
