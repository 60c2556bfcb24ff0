using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Replication;

/// <summary>
/// Keeps one peer up to date for as long as the server runs: an exchange at the start, after each change, and every 10 s in case
/// that something was missed. Only the peer's own link waits for a peer that is slow or dead.
/// </summary>
internal sealed class PeerLink(IPEndPoint peer, PeerClient client, ConfigurationStore store, EventLog events, TimeProvider time, ILogger logger) : IDisposable
{
    private const ConfigureAwaitOptions Quietly = ConfigureAwaitOptions.SuppressThrowing;

    /// <summary>Between exchanges when nothing changes.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    /// <summary>How long an exchange may take.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile TaskCompletionSource _changed = NewSignal();
    private volatile TaskCompletionSource _seen = NewSignal();
    private volatile PeerHealth _health = new();

    public IPEndPoint Peer => peer;

    /// <summary>How it goes.</summary>
    public PeerHealth Health => _health;

    /// <summary>Completed when the first exchange has ended, well or not.</summary>
    public Task FirstExchange => _first.Task;

    public void Start() => _ = RunAsync();

    /// <summary>There is something new to tell.</summary>
    public void Changed() => _changed.TrySetResult();

    /// <summary>The peer is there: it has just asked. A pause after failures ends.</summary>
    public void Seen() => _seen.TrySetResult();

    public void Dispose()
    {
        _stopping.Cancel();
        client.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            // Renewed before the state is read, so that no change falls between.
            var (changed, seen) = (_changed = NewSignal(), _seen = NewSignal());
            await ExchangeAsync();
            _first.TrySetResult();
            var (signal, wait) = _health.Failures == 0 ? (changed, Interval) : (seen, _health.Pause);
            await signal.Task.WaitAsync(wait, time, _stopping.Token).ConfigureAwait(Quietly);
        }
    }

    private async Task ExchangeAsync()
    {
        var (before, began) = (_health, time.GetUtcNow());
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stopping.Token);
        try
        {
            store.Merge(await client.ExchangeAsync(store.State, either.Token));
            _health = before.Succeeded(time.GetUtcNow());
        }
        catch (Exception e)
        {
            if (_stopping.IsCancellationRequested)
                return;
            var error = patience.IsCancellationRequested ? $"no answer within {Patience.TotalSeconds:0} s" : e.Message;
            _health = before.Failed(began, time.GetUtcNow(), error);
        }

        Tell(before, _health);
    }

    private void Tell(PeerHealth before, PeerHealth after)
    {
        if (before.Lost == after.Lost)
            return;
        events.Add(new BalancerEvent
        {
            Type = after.Lost ? BalancerEvent.PeerLost : BalancerEvent.PeerBack,
            Peer = peer.ToString(),
            Reason = after.Error,
        });
        if (after.Lost)
            logger.PeerLost(peer, after.Error!);
        else
            logger.PeerBack(peer);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
