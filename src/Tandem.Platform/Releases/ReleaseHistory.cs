namespace Tandem.Platform.Releases;

/// <summary>The releases of a platform, out of what each cluster that can be reached has recorded. Pure.</summary>
public sealed class ReleaseHistory
{
    private ReleaseHistory(IReadOnlyList<Release> all) => All = all;

    /// <summary>The oldest first.</summary>
    public IReadOnlyList<Release> All { get; }

    /// <summary>What the clusters should be; null before the first release that succeeded.</summary>
    public Release? Current => All.LastOrDefault(r => r.Outcome == ReleaseOutcome.Succeeded);

    /// <summary>One that is under way or was interrupted; null where there is none.</summary>
    public Release? Pending => All.LastOrDefault(r => r.Outcome == ReleaseOutcome.Pending);

    /// <summary>The number of the next release.</summary>
    public int Next => All.Count == 0 ? 1 : All[^1].Number + 1;

    /// <summary>The release before another one that clusters go back to when that is undone; null for none.</summary>
    public Release? Before(int number) => All.LastOrDefault(r => r.Number < number && r.Outcome == ReleaseOutcome.Succeeded);

    /// <summary>The last release that a cluster has had in full, before a number; null for none. It is an older one where the cluster was away.</summary>
    public Release? LastIn(string cluster, int before = int.MaxValue) => All.LastOrDefault(
        r => r.Number < before && r.Outcome == ReleaseOutcome.Succeeded && r.Clusters.GetValueOrDefault(cluster) == ReleaseStage.Applied);

    /// <summary>
    /// Puts records together. Of two of the same release the one that knows more counts: one cluster may have been away, or the
    /// writer may have been killed between the two.
    /// </summary>
    /// <exception cref="ReleaseConflictException">Two different releases have the same number.</exception>
    public static ReleaseHistory Of(IEnumerable<IReadOnlyList<Release>> records)
    {
        var all = new SortedDictionary<int, Release>();
        foreach (var release in records.SelectMany(r => r))
        {
            if (!all.TryGetValue(release.Number, out var other))
                all[release.Number] = release;
            else if (other.Hash != release.Hash || other.At != release.At)
                throw new ReleaseConflictException(release.Number, other, release);
            else
                all[release.Number] = Knows(release) > Knows(other) ? release : other;
        }

        return new ReleaseHistory([.. all.Values]);
    }

    /// <summary>The releases of one cluster's record of which another knows more, as that knows them: the writer was killed between the two.</summary>
    public IEnumerable<Release> Ahead(IReadOnlyList<Release> record) =>
        from release in record
        let known = All.First(r => r.Number == release.Number)
        where Knows(known) > Knows(release)
        select known;

    /// <summary>Stages only go forward, and an outcome is the last that is written.</summary>
    private static int Knows(Release release) =>
        (release.Outcome == ReleaseOutcome.Pending ? 0 : 1000) + release.Clusters.Values.Sum(s => s switch
        {
            ReleaseStage.Missing or ReleaseStage.Untouched => 0,
            ReleaseStage.Applying => 1,
            ReleaseStage.Applied => 2,
            _ => 3,
        });
}

/// <summary>The clusters have different releases of the same number: each was deployed to while the other was away.</summary>
public sealed class ReleaseConflictException(int number, Release one, Release other) : Exception(
    $"the clusters have different releases {number}: one by {one.Author} at {one.At:u}, one by {other.Author} at {other.At:u}; each was made while the other " +
    "cluster was away. Say which counts: tandem sync --from hot, or --from standby")
{
    /// <summary>The number.</summary>
    public int Number { get; } = number;
}
