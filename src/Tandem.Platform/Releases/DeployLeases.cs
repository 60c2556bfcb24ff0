using System.Text.Json.Nodes;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Releases;

/// <summary>The leases of all clusters that are deployed to: all of them or none, so that two deployments never wait for each other.</summary>
internal sealed class DeployLeases : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    private readonly List<DeployLease> _leases = [];

    /// <summary>Each cancelled when its cluster may be another's.</summary>
    public IEnumerable<CancellationToken> Lost => _leases.Select(l => l.Lost);

    /// <summary>Whether any has been lost.</summary>
    public bool IsLost => _leases.Exists(l => l.Lost.IsCancellationRequested);

    /// <summary>Takes them, waiting for whoever has them.</summary>
    /// <param name="sites">The clusters.</param>
    /// <param name="platform">The platform's name.</param>
    /// <param name="holder">Who takes them, unique to this call.</param>
    /// <param name="patience">How long to wait for another holder.</param>
    /// <param name="say">Told whom is waited for.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="DeployBusyException">Another deployment has one, and has kept it for longer than that.</exception>
    /// <exception cref="ClusterException">The API refused or cannot be reached.</exception>
    public static async Task<DeployLeases> TakeAsync(
        IReadOnlyList<ReleaseSite> sites, string platform, string holder, TimeSpan patience, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var ordered = sites.OrderBy(s => s.Name, StringComparer.Ordinal).Select(s => (s.Cluster, Watch: new LeaseWatch(time))).ToList();
        foreach (var (cluster, _) in ordered)
            await ReleaseStore.EnsureNamespaceAsync(cluster, cancellationToken);
        var began = time.GetTimestamp();
        string? said = null;
        while (true)
        {
            var lives = await Task.WhenAll(ordered.Select(o => o.Cluster.GetAsync(DeployLease.Reference(platform), cancellationToken)));
            var busy = ordered.Where((o, i) => !o.Watch.IsFree(lives[i])).ToList();
            if (busy.Count == 0 && await TakeAsync([.. ordered.Select(o => o.Cluster)], platform, holder, lives, time, cancellationToken) is { } leases)
                return leases;
            if (busy.Count > 0 && busy[0].Watch.Holder != said)
                say($"waiting for {said = busy[0].Watch.Holder}, who is deploying, or was and has not ended well");
            if (busy.Count > 0 && time.GetElapsedTime(began) > patience)
                throw new DeployBusyException($"{busy[0].Cluster.Name}: {busy[0].Watch.Holder} is deploying; wait for it to end, or longer with --wait");
            await Task.Delay(Poll, time, cancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases)
            await lease.DisposeAsync();
    }

    /// <returns>Null where another was faster with one of them.</returns>
    private static async Task<DeployLeases?> TakeAsync(
        IReadOnlyList<Cluster> clusters, string platform, string holder, IReadOnlyList<JsonObject?> lives, TimeProvider time, CancellationToken cancellationToken)
    {
        var leases = new DeployLeases();
        try
        {
            foreach (var (cluster, live) in clusters.Zip(lives))
            {
                if (await DeployLease.TakeAsync(cluster, platform, holder, live, time, cancellationToken) is not { } lease)
                {
                    await leases.DisposeAsync();
                    return null;
                }

                leases._leases.Add(lease);
            }
        }
        catch
        {
            await leases.DisposeAsync();
            throw;
        }

        return leases;
    }
}
