using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>One cluster, as a release sees it.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="platform">The platform's name.</param>
/// <param name="say">Told what happens there.</param>
/// <param name="time">The clock.</param>
public sealed class ReleaseSite(Cluster cluster, string platform, Action<string> say, TimeProvider time)
{
    private readonly ApplySet _set = new(platform);

    /// <summary>hot or standby.</summary>
    public string Name => cluster.Name;

    /// <summary>The cluster.</summary>
    public Cluster Cluster => cluster;

    /// <summary>Its record of releases.</summary>
    public ReleaseStore Store { get; } = new(cluster, platform);

    /// <summary>Compares the cluster with a release.</summary>
    /// <param name="content">What the release has.</param>
    /// <param name="last">The release that the cluster has now; null for none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ClusterException">The cluster would refuse an object, or cannot be reached.</exception>
    public async Task<ClusterPlan> PlanAsync(ReleaseObjects content, int? last, CancellationToken cancellationToken)
    {
        var owned = last is { } number ? await Store.OwnedAsync(number, cancellationToken) : new Dictionary<string, string>();
        return await new ClusterPlanner(cluster, _set).PlanAsync(content.For(Name), owned, cancellationToken);
    }

    /// <summary>Makes the cluster what a plan says, waits until it works, and asks its ingress for every path.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="extra">Objects that belong to no release.</param>
    /// <param name="mayDelete">Whether something that the release no longer has may be deleted.</param>
    /// <param name="patience">How long it may take to work.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ReleaseFailedException">It does not work in time.</exception>
    /// <exception cref="ClusterException">The cluster refused an object, or cannot be reached.</exception>
    public async Task RollOutAsync(
        ClusterPlan plan, IReadOnlyList<JsonObject> extra, Func<PrunedObject, bool> mayDelete, TimeSpan patience, CancellationToken cancellationToken)
    {
        var rollout = new Rollout(cluster, _set, say, time);
        var waitingFor = "";
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await rollout.ApplyAsync(plan, extra, either.Token);
            await new Rollout(cluster, _set, Told, time).WaitAsync(plan, either.Token);
            await new IngressProbe(cluster, time).WaitAsync(IngressPath.Of(plan.Objects.Select(o => o.Member)), Told, either.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new ReleaseFailedException($"{Name}: not working after {patience.TotalSeconds:0} s: {(waitingFor.Length == 0 ? "still applying" : waitingFor)}");
        }

        await rollout.PruneAsync(plan, mayDelete, cancellationToken);

        void Told(string text) => say(waitingFor = text);
    }

    /// <summary>Remembers what the objects are like now that they are as the release has them.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task RememberAsync(ClusterPlan plan, int number, CancellationToken cancellationToken) =>
        await Store.WriteOwnedAsync(number, await new Rollout(cluster, _set, say, time).OwnedAsync(plan, cancellationToken), cancellationToken);
}
