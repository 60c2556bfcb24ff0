using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// Brings one release to the clusters, one after the other, or takes it back from all. What it does it writes down first, in every
/// cluster, so that whoever comes after a crash knows what has to be finished or undone.
/// </summary>
/// <param name="sites">The clusters in their order: the one that serves comes last.</param>
/// <param name="extra">Objects that belong to no release and have to be there.</param>
/// <param name="patience">How long a cluster may take to work.</param>
/// <param name="say">Told what is done.</param>
/// <param name="time">The clock.</param>
internal sealed class ReleaseTransaction(
    IReadOnlyList<ReleaseSite> sites, IReadOnlyList<JsonObject> extra, TimeSpan patience, Action<string> say, TimeProvider time)
{
    /// <summary>Deploys a release that is written down as pending.</summary>
    /// <param name="release">The release.</param>
    /// <param name="content">What it has.</param>
    /// <param name="history">What was before.</param>
    /// <param name="plans">What differs, by cluster; null where the cluster is to be asked again.</param>
    /// <param name="cancellationToken">Interrupts it; it is to be undone then.</param>
    /// <returns>The release, succeeded.</returns>
    /// <exception cref="ReleaseFailedException">It does not work.</exception>
    /// <exception cref="ClusterException">A cluster refused it, or cannot be reached.</exception>
    public async Task<Release> DeployAsync(
        Release release, ReleaseObjects content, ReleaseHistory history, IReadOnlyDictionary<string, ClusterPlan>? plans, CancellationToken cancellationToken)
    {
        foreach (var site in sites.Where(s => release.Clusters.GetValueOrDefault(s.Name) != ReleaseStage.Applied))
        {
            var plan = plans?[site.Name] ?? await site.PlanAsync(content, history.LastIn(site.Name, release.Number)?.Number, cancellationToken);
            if (release.Clusters.GetValueOrDefault(site.Name) != ReleaseStage.Applying)
            {
                var adopted = plan.Objects.Where(o => o.IsAdopted).ToList();
                await site.Store.WriteAdoptedAsync(release.Number, [.. adopted.Select(o => o.Live!)], cancellationToken);
                release = release with { Adopted = [.. release.Adopted, .. adopted.Select(o => $"{site.Name}: {o.Reference}")] };
                release = await RecordAsync(release.With(site.Name, ReleaseStage.Applying), cancellationToken);
            }

            await site.RollOutAsync(plan, extra, _ => true, patience, cancellationToken);
            await site.RememberAsync(plan, release.Number, cancellationToken);
            if (release.Digests.Count == 0)
                release = release with { Digests = await ImageDigests.ReadAsync(site.Cluster, plan.Objects.Select(o => o.Member), cancellationToken) };
            release = await RecordAsync(release.With(site.Name, ReleaseStage.Applied), cancellationToken);
            say($"{site.Name}: release {release.Number} works");
        }

        return await RecordAsync(release with { Outcome = ReleaseOutcome.Succeeded, EndedAt = time.GetUtcNow() }, cancellationToken);
    }

    /// <summary>Takes a release back wherever it was begun: the clusters are again as the one before left them.</summary>
    /// <param name="release">The release.</param>
    /// <param name="reason">Why.</param>
    /// <param name="before">The content of the release before; nothing where it was the first.</param>
    /// <param name="history">What was before.</param>
    /// <param name="cancellationToken">Interrupts it; the next call goes on.</param>
    /// <returns>The release, failed.</returns>
    /// <exception cref="ReleaseFailedException">What was there before does not work any more.</exception>
    /// <exception cref="ClusterException">A cluster refused, or cannot be reached.</exception>
    public async Task<Release> UndoAsync(Release release, string reason, ReleaseObjects before, ReleaseHistory history, CancellationToken cancellationToken)
    {
        var last = history.Before(release.Number);
        foreach (var site in sites.Reverse().Where(s => release.Clusters.GetValueOrDefault(s.Name) is ReleaseStage.Applying or ReleaseStage.Applied))
        {
            say($"{site.Name}: going back to {(last is null ? "what was there before" : $"release {last.Number}")}");
            var adopted = await site.Store.AdoptedAsync(release.Number, cancellationToken);
            foreach (var value in adopted)
                await RestoreAsync(site.Cluster, value, cancellationToken);
            var keep = adopted.Select(a => ObjectReference.Of(a).Key).ToHashSet();
            var plan = await site.PlanAsync(before, history.LastIn(site.Name, release.Number)?.Number, cancellationToken);
            await site.RollOutAsync(plan, extra, p => !keep.Contains(p.Reference.Key), patience, cancellationToken);
            if (last is not null)
                await site.RememberAsync(plan, last.Number, cancellationToken);
            release = await RecordAsync(release.With(site.Name, ReleaseStage.Undone), cancellationToken);
        }

        return await RecordAsync(release with { Outcome = ReleaseOutcome.Failed, Reason = reason, EndedAt = time.GetUtcNow() }, cancellationToken);
    }

    private async Task<Release> RecordAsync(Release release, CancellationToken cancellationToken)
    {
        foreach (var site in sites)
            await site.Store.UpdateAsync(release, cancellationToken);
        return release;
    }

    /// <summary>Gives an object back as it was before the release took it over. One that was deleted meanwhile stays deleted.</summary>
    private static async Task RestoreAsync(Cluster cluster, JsonObject value, CancellationToken cancellationToken)
    {
        if (await cluster.GetAsync(ObjectReference.Of(value), cancellationToken) is not { } live
            || (string?)live["metadata"]?["uid"] != (string?)value["metadata"]?["uid"])
            return;
        var restored = value.DeepClone().AsObject();
        restored.Remove("status");
        restored["metadata"]!["resourceVersion"] = (string?)live["metadata"]?["resourceVersion"];
        await cluster.ReplaceAsync(restored, cancellationToken);
    }
}
