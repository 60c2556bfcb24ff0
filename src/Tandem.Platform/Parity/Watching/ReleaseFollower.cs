using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Finds out what the current release wants of each cluster, whenever a record of releases has changed.</summary>
/// <param name="watches">Both clusters.</param>
/// <param name="events">Says when.</param>
/// <param name="time">The clock.</param>
internal sealed class ReleaseFollower(IReadOnlyList<ClusterWatch> watches, ParityEvents events, TimeProvider time)
{
    private static readonly TimeSpan Debounce = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(5);

    private readonly Dictionary<ClusterWatch, (Release Release, WantedRelease Wanted, IReadOnlySet<string> NotServed)> _known = [];

    /// <summary>The releases by what all clusters that answer have recorded.</summary>
    public ReleaseHistory History { get; private set; } = ReleaseHistory.Of([]);

    /// <summary>Why their records cannot be put together; null where they can.</summary>
    public string? Conflict { get; private set; }

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await NextAsync(cancellationToken);
                await Task.Delay(Debounce, time, cancellationToken);
                await FollowAsync(cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is ClusterException or InvalidDataException)
            {
                foreach (var watch in watches)
                    watch.Session?.Doubt($"the current release cannot be read: {e.Message}");
                await Task.Delay(Retry, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                events.ReleaseChanged();
            }
        }
    }

    /// <summary>Waits for a change; where a cluster does not serve a kind, only for so long, since nothing tells that it does by now.</summary>
    private async Task NextAsync(CancellationToken cancellationToken)
    {
        using var limit = _known.Values.Any(k => k.NotServed.Count > 0) ? new CancellationTokenSource(Recheck, time) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            await events.NextReleaseAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // It is asked again.
        }
    }

    private async Task FollowAsync(CancellationToken cancellationToken)
    {
        var sessions = watches.Where(w => w.Session is not null).Select(w => (Watch: w, Session: w.Session!)).ToList();
        var lists = await Task.WhenAll(sessions.Select(s => s.Watch.Store.ListAsync(cancellationToken)));
        try
        {
            (History, Conflict) = (ReleaseHistory.Of(lists), null);
        }
        catch (ReleaseConflictException e)
        {
            (History, Conflict) = (ReleaseHistory.Of([]), e.Message);
        }

        foreach (var ((watch, session), releases) in sessions.Zip(lists))
        {
            var (wanted, notServed) = History.Current is { } current ? await WantedAsync(watch, current, sessions.Zip(lists, (s, l) => (s.Watch, l)), cancellationToken) : (null, new HashSet<string>());
            await session.WantAsync(releases, wanted, notServed);
        }
    }

    /// <summary>What is wanted of one cluster; the objects are read once for each release, what was remembered of them each time.</summary>
    private async Task<(WantedRelease? Wanted, IReadOnlySet<string> NotServed)> WantedAsync(
        ClusterWatch watch, Release current, IEnumerable<(ClusterWatch Watch, IReadOnlyList<Release> Releases)> sources, CancellationToken cancellationToken)
    {
        var owned = await watch.Store.OwnedAsync(current.Number, cancellationToken);
        if (_known.TryGetValue(watch, out var known) && known.Release.Hash == current.Hash && known.Release.At == current.At && known.NotServed.Count == 0)
            return (known.Wanted with { Owned = owned }, known.NotServed);
        var source = sources.First(s => s.Releases.Any(r => r.Number == current.Number)).Watch;
        var objects = new ReleaseObjects(await source.Store.ObjectsAsync(current.Number, cancellationToken), current.Images).For(watch.Cluster.Name);
        var notServed = new HashSet<(string ApiVersion, string Kind)>();
        foreach (var (version, kind) in objects.Select(o => ((string)o["apiVersion"]!, (string)o["kind"]!)).Distinct())
            if (!await watch.Cluster.ServesAsync(version, kind, cancellationToken))
                notServed.Add((version, kind));
        var members = await new ClusterPlanner(watch.Cluster, watch.Set).WantedAsync(
            [.. objects.Where(o => !notServed.Contains(((string)o["apiVersion"]!, (string)o["kind"]!)))], cancellationToken);
        var names = notServed.Select(k => $"{k.Kind} in {k.ApiVersion}").ToHashSet();
        var wanted = WantedRelease.Of(current.Number, members, owned);
        _known[watch] = (current, wanted, names);
        return (wanted, names);
    }
}
