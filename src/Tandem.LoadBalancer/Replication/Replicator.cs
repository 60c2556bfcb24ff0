using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Replication;

/// <summary>Keeps the configuration of all servers of the zone the same.</summary>
internal sealed class Replicator : IDisposable
{
    /// <summary>How long a start waits for the peers: one that is dead must not hold it up.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(1);

    private readonly ConfigurationStore _store;
    private readonly TimeProvider _time;

    public Replicator(LoadBalancerOptions options, string token, ConfigurationStore store, EventLog events, ILogger logger)
    {
        (_store, _time) = (store, options.TimeProvider);
        Links =
        [
            .. options.Peers.Select(peer => new PeerLink(
                peer, new PeerClient(peer, options.ApiEndPoint, token), store, events, options.TimeProvider, logger)),
        ];
    }

    /// <summary>A link a peer.</summary>
    public IReadOnlyList<PeerLink> Links { get; }

    /// <summary>Begins to exchange; comes back when each peer has been heard or has had the time for it.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _store.Changed += Tell;
        foreach (var link in Links)
            link.Start();
        await Task.WhenAll(Links.Select(link => link.FirstExchange)).WaitAsync(StartPatience, _time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>This server answers now: another exchange lets those that have given it up try it at once.</summary>
    public void Announce()
    {
        foreach (var link in Links)
            link.Changed();
    }

    /// <summary>A peer has asked: the one whose API this is, as address:port; nobody where it is none of them.</summary>
    public void Seen(string? sender) => Links.FirstOrDefault(link => link.Peer.ToString() == sender)?.Seen();

    public void Dispose()
    {
        _store.Changed -= Tell;
        foreach (var link in Links)
            link.Dispose();
    }

    /// <summary>What came from a peer is passed on too: that peer may not reach all the others.</summary>
    private void Tell(Configuration configuration) => Announce();
}
