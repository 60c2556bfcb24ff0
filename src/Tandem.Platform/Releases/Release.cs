namespace Tandem.Platform.Releases;

/// <summary>What is known of a release. Both clusters have the same record of it.</summary>
/// <param name="Number">1 for the first of a platform, then one more each time, failed ones included.</param>
/// <param name="Hash">Of all its objects: equal hashes are equal content.</param>
/// <param name="Author">Who deployed it: user@machine.</param>
/// <param name="At">When it began.</param>
/// <param name="Outcome">How it ended, or that it has not.</param>
public sealed record Release(int Number, string Hash, string Author, DateTimeOffset At, ReleaseOutcome Outcome)
{
    /// <summary>Why it failed, or what it was for; null for nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>When the outcome was known; null while it is not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>How far each cluster has come, by its name.</summary>
    public IReadOnlyDictionary<string, ReleaseStage> Clusters { get; init; } = new Dictionary<string, ReleaseStage>();

    /// <summary>The images that stand for those in the manifests, by cluster; see the platform file's <c>images</c>.</summary>
    public IReadOnlyDictionary<string, IReadOnlyDictionary<string, string>> Images { get; init; } =
        new Dictionary<string, IReadOnlyDictionary<string, string>>();

    /// <summary>The digest that each image had where it ran first.</summary>
    public IReadOnlyDictionary<string, string> Digests { get; init; } = new Dictionary<string, string>();

    /// <summary>Objects that were there before and belonged to no release, as "cluster: Kind namespace/name": undoing it does not delete them.</summary>
    public IReadOnlyList<string> Adopted { get; init; } = [];

    /// <summary>How many objects it has.</summary>
    public int Objects { get; init; }

    /// <summary>The release that a rollback took its content from; null where it was deployed from files.</summary>
    public int? RollbackTo { get; init; }

    /// <summary>Whether a cluster was away when it was deployed, and has not caught up.</summary>
    public bool IsMissing(string cluster) => Clusters.GetValueOrDefault(cluster) == ReleaseStage.Missing;

    /// <summary>This release with another stage for one cluster.</summary>
    public Release With(string cluster, ReleaseStage stage) =>
        this with { Clusters = new Dictionary<string, ReleaseStage>(Clusters) { [cluster] = stage } };
}

/// <summary>How a release ended.</summary>
public enum ReleaseOutcome
{
    /// <summary>It has not: it is under way, or was interrupted.</summary>
    Pending,

    /// <summary>It is what the clusters should be, until the next one.</summary>
    Succeeded,

    /// <summary>It did not work, and was undone.</summary>
    Failed,
}

/// <summary>How far a release has come in one cluster.</summary>
public enum ReleaseStage
{
    /// <summary>Nothing was changed.</summary>
    Untouched,

    /// <summary>Changes were begun.</summary>
    Applying,

    /// <summary>All is applied and works.</summary>
    Applied,

    /// <summary>What was changed is taken back.</summary>
    Undone,

    /// <summary>The cluster was away; it has to catch up before it may count as ready.</summary>
    Missing,
}
