using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Checks;

/// <summary>Both clusters have the current release, and none is under way.</summary>
internal static class ReleaseCheck
{
    public static IEnumerable<Finding> Of(ParityView view)
    {
        if (view.Conflict is { } conflict)
        {
            yield return new Finding("release-conflict", FindingSeverity.Blocks, "standby", null, conflict, "say which counts: tandem sync --from hot, or --from standby");
            yield break;
        }

        if (view.History.Pending is { } pending)
            yield return new Finding(
                "release-pending", FindingSeverity.Blocks, "standby", null, $"release {pending.Number} by {pending.Author} is under way, or was interrupted",
                "wait for it to end; one that was interrupted is undone or completed by the next tandem deploy") { Since = pending.At };
        if (view.History.Current is not { } current)
        {
            if (view.Seen.Any() && view.History.Pending is null)
                yield return new Finding("no-release", FindingSeverity.Blocks, "standby", null, "nothing has been deployed yet", "tandem deploy");
            yield break;
        }

        foreach (var cluster in view.Seen.Where(c => Misses(c, current)))
            yield return new Finding(
                "release-missing", cluster.Weight, cluster.Name, null, $"it missed release {current.Number}", "tandem sync brings it up; the agent does so by itself") { Since = current.At };
    }

    /// <summary>Whether a cluster was away when a release was deployed, and has not caught up.</summary>
    public static bool Misses(ClusterView cluster, Release current) =>
        current.IsMissing(cluster.Name) || cluster.Releases.All(r => r.Number != current.Number);
}
