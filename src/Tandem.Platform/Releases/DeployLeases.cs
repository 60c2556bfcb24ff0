namespace Tandem.Platform.Releases;

/// <summary>The leases of all clusters that are deployed to, always taken in the same order, so that two deployments never wait for each other.</summary>
internal sealed class DeployLeases : IAsyncDisposable
{
    private readonly List<DeployLease> _leases = [];

    /// <summary>Each cancelled when its cluster may be another's.</summary>
    public IEnumerable<CancellationToken> Lost => _leases.Select(l => l.Lost);

    /// <summary>Whether any has been lost.</summary>
    public bool IsLost => _leases.Exists(l => l.Lost.IsCancellationRequested);

    /// <inheritdoc cref="DeployLease.TakeAsync"/>
    public static async Task<DeployLeases> TakeAsync(
        IReadOnlyList<ReleaseSite> sites, string platform, string holder, TimeSpan patience, Action<string> say, TimeProvider time, CancellationToken cancellationToken)
    {
        var leases = new DeployLeases();
        try
        {
            foreach (var site in sites.OrderBy(s => s.Name, StringComparer.Ordinal))
                leases._leases.Add(await DeployLease.TakeAsync(site.Cluster, platform, holder, patience, say, time, cancellationToken));
        }
        catch
        {
            await leases.DisposeAsync();
            throw;
        }

        return leases;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var lease in _leases)
            await lease.DisposeAsync();
    }
}
