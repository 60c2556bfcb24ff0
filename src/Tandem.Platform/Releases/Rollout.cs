using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>Makes a cluster what a plan says, and waits until it works.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="set">The platform's set.</param>
/// <param name="say">Told what is being done, and waited for.</param>
/// <param name="time">The clock.</param>
public sealed class Rollout(Cluster cluster, ApplySet set, Action<string> say, TimeProvider time)
{
    /// <summary>Of so many workloads is told what they lack; a line is not a list.</summary>
    private const int Told = 3;

    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);

    /// <summary>Applies what differs, in order of kinds, those of the same rank side by side.</summary>
    /// <param name="plan">What differs.</param>
    /// <param name="extra">Objects that belong to no release and are made once the namespaces are there.</param>
    /// <param name="cancellationToken">Ends it; the same plan can be applied again.</param>
    /// <exception cref="ClusterException">The cluster refused an object, or cannot be reached.</exception>
    public async Task ApplyAsync(ClusterPlan plan, IReadOnlyList<JsonObject> extra, CancellationToken cancellationToken)
    {
        await set.WriteKindsAsync(cluster, plan.Kinds, cancellationToken);
        var made = false;
        foreach (var rank in plan.Objects.GroupBy(o => Manifests.Rank(o.Member)).OrderBy(g => g.Key))
        {
            if (!made && rank.Key > Manifests.Rank("Namespace"))
            {
                await MakeAsync(extra, cancellationToken);
                made = true;
            }

            var changed = rank.Where(o => o.Change != PlannedChange.None).ToList();
            if (changed.Count == 0)
                continue;
            foreach (var leaving in changed.Where(o => o is { Change: PlannedChange.Create, Live: not null }))
                await GoneAsync(leaving, cancellationToken);
            say($"applying {Summary(changed)}");
            await Parallel.ForEachAsync(
                changed,
                new ParallelOptions { MaxDegreeOfParallelism = ClusterPlanner.Parallel, CancellationToken = cancellationToken },
                async (o, stop) => await cluster.ApplyAsync(o.Member, stop));
            foreach (var definition in changed.Where(o => o.Reference.Kind == "CustomResourceDefinition"))
                await EstablishedAsync(definition.Reference, cancellationToken);
        }

        if (!made)
            await MakeAsync(extra, cancellationToken);
    }

    /// <summary>Waits until every workload is what its specification says, as its controller observed it.</summary>
    /// <param name="plan">What was applied.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="ReleaseFailedException">One cannot become ready any more.</exception>
    public async Task WaitAsync(ClusterPlan plan, CancellationToken cancellationToken)
    {
        var workloads = plan.Objects.Where(o => Readiness.IsWorkload(o.Member)).Select(o => o.Reference).ToList();
        var said = "";
        while (await MissingAsync(workloads, cancellationToken) is { Length: > 0 } missing)
        {
            if (missing != said)
                say($"waiting for {said = missing}");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    /// <summary>Deletes what the release no longer has.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task PruneAsync(ClusterPlan plan, Func<PrunedObject, bool> mayDelete, CancellationToken cancellationToken)
    {
        foreach (var pruned in plan.Pruned.Where(mayDelete))
        {
            try
            {
                await cluster.DeleteAsync(pruned.Reference, pruned.Uid, cancellationToken);
                say($"deleted {pruned.Reference}");
            }
            catch (ClusterException e) when (e.Status == HttpStatusCode.Conflict)
            {
                say($"kept {pruned.Reference}: it was made anew by somebody else");
            }
        }

        await set.WriteKindsAsync(cluster, plan.Objects.Select(o => ApplySet.KindOf(o.Reference)).Distinct(), cancellationToken);
    }

    /// <summary>The fields that every object has from the release; see <see cref="OwnedFields"/>.</summary>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, string>> OwnedAsync(ClusterPlan plan, CancellationToken cancellationToken)
    {
        var owned = new ConcurrentDictionary<string, string>();
        await Parallel.ForEachAsync(
            plan.Objects.Select(o => (o.Reference.ApiVersion, o.Reference.Kind)).Distinct(),
            new ParallelOptions { MaxDegreeOfParallelism = ClusterPlanner.Parallel, CancellationToken = cancellationToken },
            async (kind, stop) =>
            {
                foreach (var live in await cluster.ListAsync(kind.ApiVersion, kind.Kind, stop, set.Selector))
                    if (OwnedFields.Of(live) is { } fields)
                        owned[ObjectReference.Of(live).Key.ToString()] = fields;
            });
        return owned;
    }

    private async Task<string> MissingAsync(IReadOnlyList<ObjectReference> workloads, CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        foreach (var kind in workloads.GroupBy(w => (w.ApiVersion, w.Kind)))
        {
            var live = (await cluster.ListAsync(kind.Key.ApiVersion, kind.Key.Kind, cancellationToken, set.Selector)).ToDictionary(o => ObjectReference.Of(o).Key);
            foreach (var workload in kind)
            {
                var value = live.GetValueOrDefault(workload.Key);
                if (Readiness.Failure(value) is { } failure)
                    throw new ReleaseFailedException($"{cluster.Name}: {workload}: {failure}");
                if (Readiness.Missing(value) is { } what)
                    missing.Add($"{workload.Name} ({what}{(missing.Count < Told ? await PodTrouble.OfAsync(cluster, value, cancellationToken) : "")})");
            }
        }

        return string.Join(", ", missing.Take(Told)) + (missing.Count > Told ? $" and {missing.Count - Told} more" : "");
    }

    private async Task MakeAsync(IReadOnlyList<JsonObject> extra, CancellationToken cancellationToken)
    {
        foreach (var value in extra)
            await cluster.ApplyAsync(value, cancellationToken);
    }

    /// <summary>What is being deleted cannot be changed any more: the new one can only come once it is gone.</summary>
    private async Task GoneAsync(PlannedObject leaving, CancellationToken cancellationToken)
    {
        say($"waiting for the old {leaving.Reference} to be gone");
        while (await cluster.GetAsync(leaving.Reference, cancellationToken) is { } live
            && (string?)live["metadata"]?["uid"] == (string?)leaving.Live!["metadata"]?["uid"])
            await Task.Delay(Poll, time, cancellationToken);
    }

    private async Task EstablishedAsync(ObjectReference definition, CancellationToken cancellationToken)
    {
        while (!Readiness.IsEstablished(await cluster.GetAsync(definition, cancellationToken)))
            await Task.Delay(Poll, time, cancellationToken);
    }

    private static string Summary(IReadOnlyList<PlannedObject> objects) => objects.Count <= 3
        ? string.Join(", ", objects.Select(o => o.Reference))
        : string.Join(", ", objects.GroupBy(o => o.Reference.Kind).Select(g => $"{g.Count()} {g.Key}"));
}

/// <summary>A release does not work.</summary>
public sealed class ReleaseFailedException(string message) : Exception(message);
