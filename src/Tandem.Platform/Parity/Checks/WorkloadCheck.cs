namespace Tandem.Platform.Parity.Checks;

/// <summary>Each workload has as many ready pods as in the hot cluster, and as many as it wants.</summary>
internal static class WorkloadCheck
{
    public static IEnumerable<Finding> Of(ParityView view) => view.Seen.SelectMany(c => Of(c, c == view.Standby && view.Hot.IsSeen ? view.Hot : null));

    private static IEnumerable<Finding> Of(ClusterView cluster, ClusterView? hot)
    {
        foreach (var key in cluster.Wanted?.Workloads.Keys ?? [])
        {
            if (cluster.Members.GetValueOrDefault(key)?.Facts.Workload is not { } own)
                continue;
            if (own.Trouble is { } trouble)
                yield return new Finding(
                    "not-ready", cluster.Weight, cluster.Name, key.ToString(), trouble, $"kubectl describe it and its pods in the {cluster.Name} cluster: their events say why");
            else if (hot?.Members.GetValueOrDefault(key)?.Facts.Workload is { } other && own.Ready < other.Ready)
                yield return new Finding(
                    "too-few", cluster.Weight, cluster.Name, key.ToString(), $"{own.Ready} pods are ready, and the hot cluster has {other.Ready}",
                    "scale it as in the hot cluster, or deploy the number with the release");
        }
    }
}
