using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>
/// The releases of a platform: one transaction over both clusters each. It works the standby first, so that what does not work
/// never reaches the cluster that serves.
/// </summary>
/// <param name="sites">Both clusters; the one that serves comes last.</param>
/// <param name="platform">The platform's name.</param>
/// <param name="say">Told what is done, with the cluster's name in front where there is one.</param>
/// <param name="time">The clock.</param>
public sealed class ReleaseManager(IReadOnlyList<ReleaseSite> sites, string platform, Action<string> say, TimeProvider time)
{
    /// <summary>How many releases are kept; older ones are forgotten.</summary>
    internal const int Kept = 10;

    /// <summary>The releases that are known to the clusters that can be reached.</summary>
    /// <exception cref="ClusterException">No cluster can be reached, or one refused.</exception>
    /// <exception cref="ReleaseConflictException">The clusters have different releases of the same number.</exception>
    public async Task<ReleaseHistory> HistoryAsync(CancellationToken cancellationToken) =>
        await HistoryAsync(await ReachableAsync(degraded: true, cancellationToken), cancellationToken);

    /// <summary>What the clusters should have now; null before the first release.</summary>
    /// <exception cref="ClusterException">No cluster can be reached, or one refused.</exception>
    public async Task<ReleaseObjects?> CurrentAsync(CancellationToken cancellationToken)
    {
        var reachable = await ReachableAsync(degraded: true, cancellationToken);
        return (await HistoryAsync(reachable, cancellationToken)).Current is { } current ? await ContentAsync(reachable, current, cancellationToken) : null;
    }

    /// <summary>What a release would change, without changing anything.</summary>
    /// <returns>By cluster.</returns>
    /// <exception cref="ClusterException">A cluster would refuse it, or cannot be reached.</exception>
    public async Task<IReadOnlyDictionary<string, ClusterPlan>> PlanAsync(ReleaseObjects content, bool degraded, CancellationToken cancellationToken)
    {
        var reachable = await ReachableAsync(degraded, cancellationToken);
        return await PlanAsync(reachable, content, await HistoryAsync(reachable, cancellationToken), cancellationToken);
    }

    /// <summary>Deploys: all or nothing. What an interrupted call before has left is finished or undone first.</summary>
    /// <param name="content">What to deploy.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Interrupts it, and undoes it.</param>
    /// <returns>The release; null where the clusters are so already.</returns>
    /// <exception cref="ReleaseFailedException">It does not work; it is undone.</exception>
    /// <exception cref="DeployBusyException">Another deployment is under way.</exception>
    /// <exception cref="ClusterException">A cluster refused it, or cannot be reached.</exception>
    public async Task<Release?> DeployAsync(ReleaseObjects content, ReleaseOptions options, CancellationToken cancellationToken)
    {
        var reachable = await ReachableAsync(options.AllowDegraded, cancellationToken);
        await using var leases = await DeployLeases.TakeAsync(reachable, platform, options.Holder, options.Wait, say, time, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource([cancellationToken, .. leases.Lost]);
        var history = await AgreeAsync(reachable, either.Token);
        if (history.Pending is { } pending && pending.Hash != content.Hash)
            history = await UndoneAsync(reachable, history, pending, "it was interrupted", options, either.Token);

        var last = history.Current;
        say("asking the clusters what would change");
        var plans = await PlanAsync(reachable, content, history, either.Token);
        if (history.Pending is null && last?.Hash == content.Hash && plans.Values.All(p => p.IsEmpty) && !sites.Any(s => last.IsMissing(s.Name)))
            return null;

        var release = history.Pending ?? new Release(history.Next, content.Hash, options.Author, time.GetUtcNow(), ReleaseOutcome.Pending)
        {
            Images = content.Images,
            Objects = content.Objects.Count,
            Reason = options.Reason,
            RollbackTo = options.RollbackTo,
            Clusters = sites.ToDictionary(s => s.Name, s => reachable.Contains(s) ? ReleaseStage.Untouched : ReleaseStage.Missing),
        };
        foreach (var site in reachable)
            await site.Store.WriteAsync(release, content.Objects, either.Token);
        try
        {
            release = await Transaction(reachable, options).DeployAsync(release, content, history, history.Pending is null ? plans : null, either.Token);
        }
        catch (Exception e) when (e is ReleaseFailedException or ClusterException or OperationCanceledException)
        {
            if (leases.IsLost)
                throw new ReleaseFailedException($"release {release.Number} was interrupted, since the lease was lost; the next tandem deploy undoes or completes it");
            await UndoAsync(reachable, release.Number, e, options);
            throw e is OperationCanceledException ? e
                : new ReleaseFailedException($"{e.Message}. Release {release.Number} is undone: the clusters are as they were");
        }

        foreach (var site in reachable)
            await ForgetAsync(site, await site.Store.ListAsync(cancellationToken), cancellationToken);
        return release;
    }

    /// <summary>Deploys what an earlier release had.</summary>
    /// <param name="number">Which; null for the one before the current one.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Interrupts it, and undoes it.</param>
    /// <returns>The release; null where the clusters are so already.</returns>
    /// <exception cref="ReleaseFailedException">There is no such release, or it does not work any more.</exception>
    /// <exception cref="ClusterException">A cluster refused it, or cannot be reached.</exception>
    public async Task<Release?> RollBackAsync(int? number, ReleaseOptions options, CancellationToken cancellationToken)
    {
        var reachable = await ReachableAsync(options.AllowDegraded, cancellationToken);
        var history = await HistoryAsync(reachable, cancellationToken);
        var target = number is null
            ? history.Current is { } current ? history.Before(current.Number) : null
            : history.All.FirstOrDefault(r => r.Number == number && r.Outcome == ReleaseOutcome.Succeeded);
        if (target is null)
            throw new ReleaseFailedException(number is null
                ? "there is no release before the current one to go back to"
                : $"there is no release {number} that succeeded; see tandem releases");
        var content = await ContentAsync(reachable, target, cancellationToken);
        return await DeployAsync(content, options with { RollbackTo = target.Number }, cancellationToken);
    }

    /// <summary>Brings a cluster that was away to the current release, before it may count as ready.</summary>
    /// <param name="from">The cluster whose record counts where they differ; null where that is an error.</param>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Interrupts it; the next call goes on.</param>
    /// <returns>The clusters that were brought up; none where none was behind.</returns>
    /// <exception cref="ReleaseFailedException">It does not work there.</exception>
    /// <exception cref="ReleaseConflictException">The clusters have different releases of the same number.</exception>
    /// <exception cref="ClusterException">A cluster refused it, or cannot be reached.</exception>
    public async Task<IReadOnlyList<string>> SyncAsync(string? from, ReleaseOptions options, CancellationToken cancellationToken)
    {
        var all = await ReachableAsync(degraded: false, cancellationToken);
        await using var leases = await DeployLeases.TakeAsync(all, platform, options.Holder, options.Wait, say, time, cancellationToken);
        using var either = CancellationTokenSource.CreateLinkedTokenSource([cancellationToken, .. leases.Lost]);
        var history = await AgreeAsync(from is null ? all : [.. all.Where(s => s.Name == from)], either.Token);
        if (history.Pending is { } pending)
            history = await UndoneAsync(all, history, pending, "it was interrupted", options, either.Token);
        if (history.Current is not { } current)
            return [];
        var synced = new List<string>();
        foreach (var site in all)
        {
            await CopyAsync(history, all.Where(s => s != site && (from is null || s.Name == from)), site, either.Token);
            var content = await ContentAsync([site], current, either.Token);
            var plan = await site.PlanAsync(content, history.LastIn(site.Name)?.Number, either.Token);
            if (!current.IsMissing(site.Name) && (options.OnlyMissed || plan.IsEmpty))
                continue;
            await site.RollOutAsync(plan, options.Extra, _ => true, options.Timeout, either.Token);
            await site.RememberAsync(plan, current.Number, either.Token);
            current = current.With(site.Name, ReleaseStage.Applied);
            foreach (var other in all)
                await other.Store.UpdateAsync(current, either.Token);
            synced.Add(site.Name);
        }

        return synced;
    }

    /// <summary>Makes a cluster's record what the history is.</summary>
    private static async Task CopyAsync(ReleaseHistory history, IEnumerable<ReleaseSite> sources, ReleaseSite site, CancellationToken cancellationToken)
    {
        var own = (await site.Store.ListAsync(cancellationToken)).ToDictionary(r => r.Number);
        foreach (var (number, other) in own)
            if (history.All.FirstOrDefault(r => r.Number == number) is not { } known || known.Hash != other.Hash || known.At != other.At)
                await site.Store.ForgetAsync(number, cancellationToken);
        foreach (var release in history.All)
        {
            if (own.TryGetValue(release.Number, out var has) && has.Hash == release.Hash && has.At == release.At)
                continue;
            foreach (var source in sources)
                if ((await source.Store.ListAsync(cancellationToken)).Any(r => r.Number == release.Number))
                    await site.Store.WriteAsync(release, await source.Store.ObjectsAsync(release.Number, cancellationToken), cancellationToken);
        }
    }

    private static async Task<IReadOnlyDictionary<string, ClusterPlan>> PlanAsync(
        IReadOnlyList<ReleaseSite> reachable, ReleaseObjects content, ReleaseHistory history, CancellationToken cancellationToken)
    {
        var plans = await Task.WhenAll(reachable.Select(s => s.PlanAsync(content, history.LastIn(s.Name)?.Number, cancellationToken)));
        return reachable.Zip(plans).ToDictionary(p => p.First.Name, p => p.Second);
    }

    private static async Task<ReleaseHistory> HistoryAsync(IReadOnlyList<ReleaseSite> reachable, CancellationToken cancellationToken) =>
        ReleaseHistory.Of(await Task.WhenAll(reachable.Select(s => s.Store.ListAsync(cancellationToken))));

    /// <summary>The history, and the same in every cluster: each has to be able to tell it alone, whenever the call before this one was killed.</summary>
    private static async Task<ReleaseHistory> AgreeAsync(IReadOnlyList<ReleaseSite> reachable, CancellationToken cancellationToken)
    {
        var records = await Task.WhenAll(reachable.Select(s => s.Store.ListAsync(cancellationToken)));
        var history = ReleaseHistory.Of(records);
        await Task.WhenAll(reachable.Zip(records, async (site, record) =>
        {
            await site.Store.ForgetOthersAsync(record, cancellationToken);
            foreach (var release in history.Ahead(record))
                await site.Store.UpdateAsync(release, cancellationToken);
            await ForgetAsync(site, record, cancellationToken);
        }));
        return history;
    }

    /// <summary>The content of a release, from any cluster that has it.</summary>
    private static async Task<ReleaseObjects> ContentAsync(IReadOnlyList<ReleaseSite> reachable, Release release, CancellationToken cancellationToken)
    {
        foreach (var site in reachable)
            if ((await site.Store.ListAsync(cancellationToken)).Any(r => r.Number == release.Number))
                return new ReleaseObjects(await site.Store.ObjectsAsync(release.Number, cancellationToken), release.Images);
        throw new InvalidDataException($"no cluster has the objects of release {release.Number}");
    }

    /// <summary>The clusters that answer; all of them, unless it may do with fewer.</summary>
    private async Task<IReadOnlyList<ReleaseSite>> ReachableAsync(bool degraded, CancellationToken cancellationToken)
    {
        var ready = await Cluster.ReadyOfAsync([.. sites.Select(s => s.Cluster)], cancellationToken);
        var reachable = sites.Where(s => ready.Contains(s.Cluster)).ToList();
        var away = sites.Except(reachable).ToList();
        if (reachable.Count == 0 || (away.Count > 0 && !degraded))
            throw new ClusterException(
                $"{string.Join(" and ", away.Select(s => $"{s.Name} ({s.Cluster.Server})"))} cannot be reached"
                + (reachable.Count > 0 ? "; --allow-degraded goes on without, and tandem sync brings it up later" : ""),
                reachable: false);
        return reachable;
    }

    private async Task UndoAsync(IReadOnlyList<ReleaseSite> reachable, int number, Exception cause, ReleaseOptions options)
    {
        // Interrupted or not: half a release is worse than a command that takes longer to end.
        var reason = cause is OperationCanceledException ? "it was interrupted" : cause.Message;
        say($"release {number} does not work and is undone: {reason}");
        try
        {
            var history = await HistoryAsync(reachable, CancellationToken.None);
            await UndoneAsync(reachable, history, history.Pending!, reason, options, CancellationToken.None);
        }
        catch (Exception e) when (e is ReleaseFailedException or ClusterException)
        {
            throw new ReleaseFailedException($"{reason}; and release {number} could not be undone: {e.Message}. Run tandem deploy again when the clusters answer: it goes on from here");
        }
    }

    private async Task<ReleaseHistory> UndoneAsync(
        IReadOnlyList<ReleaseSite> reachable, ReleaseHistory history, Release pending, string reason, ReleaseOptions options, CancellationToken cancellationToken)
    {
        if (pending.Clusters.Any(c => c.Value is ReleaseStage.Applying or ReleaseStage.Applied && reachable.All(s => s.Name != c.Key)))
            throw new ClusterException($"release {pending.Number} was interrupted and has to be undone in a cluster that cannot be reached", reachable: false);
        say($"undoing release {pending.Number}");
        var last = history.Before(pending.Number);
        var before = last is null ? ReleaseObjects.None : await ContentAsync(reachable, last, cancellationToken);
        await Transaction(reachable, options).UndoAsync(pending, reason, before, history, cancellationToken);
        return await HistoryAsync(reachable, cancellationToken);
    }

    /// <summary>Forgets what is older than the releases that are kept.</summary>
    private static async Task ForgetAsync(ReleaseSite site, IReadOnlyList<Release> record, CancellationToken cancellationToken)
    {
        var current = record.LastOrDefault(r => r.Outcome == ReleaseOutcome.Succeeded);
        foreach (var old in record.SkipLast(Kept).Where(r => r != current))
            await site.Store.ForgetAsync(old.Number, cancellationToken);
    }

    private ReleaseTransaction Transaction(IReadOnlyList<ReleaseSite> reachable, ReleaseOptions options) =>
        new(reachable, options.Extra, options.Timeout, say, time);
}
