using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity.Watching;

/// <summary>What is known of a cluster from when it answers until it is away.</summary>
/// <param name="cluster">The cluster.</param>
/// <param name="start">Makes the source of a name.</param>
/// <param name="records">Watches the records of releases.</param>
/// <param name="events">Told what has changed.</param>
/// <param name="time">The clock.</param>
internal sealed class ClusterSession(
    Cluster cluster, Func<WatchedName, WatchedSource> start, WatchedSource records, ParityEvents events, TimeProvider time)
{
    /// <summary>From one round of questions to the ingress to the next.</summary>
    private static readonly TimeSpan IngressInterval = TimeSpan.FromSeconds(5);

    private readonly SourceSet _sources = new(start);
    private volatile State _state = new([], null, new HashSet<string>());
    private volatile IReadOnlyList<IngressAnswer>? _ingress;
    private volatile string? _release = "the records of releases have not been read yet";
    private volatile string? _ingressTrouble = "its ingress has not been asked yet";

    /// <summary>What keeps the cluster from being judged; null for nothing.</summary>
    public string? Trouble => records.Trouble ?? _release ?? _sources.Trouble ?? _ingressTrouble;

    /// <inheritdoc cref="ClusterView.Releases"/>
    public IReadOnlyList<Release> Releases => _state.Releases;

    /// <inheritdoc cref="ClusterView.Wanted"/>
    public WantedRelease? Wanted => _state.Wanted;

    /// <inheritdoc cref="ClusterView.NotServed"/>
    public IReadOnlySet<string> NotServed => _state.NotServed;

    /// <inheritdoc cref="ClusterView.Ingress"/>
    public IReadOnlyList<IngressAnswer>? Ingress => _ingress;

    /// <summary>Runs until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(records.RunAsync(cancellationToken), AskIngressAsync(cancellationToken));
        await _sources.DisposeAsync();
    }

    /// <summary>Says what the current release wants here.</summary>
    public async Task WantAsync(IReadOnlyList<Release> releases, WantedRelease? wanted, IReadOnlySet<string> notServed)
    {
        _state = new State(releases, wanted, notServed);
        await _sources.SetAsync(WatchedNames.Of(wanted));
        _release = null;
        events.Changed();
    }

    /// <summary>Says that what is wanted could not be found out.</summary>
    public void Doubt(string reason)
    {
        _release = reason;
        events.Changed();
    }

    private async Task AskIngressAsync(CancellationToken cancellationToken)
    {
        var probe = new IngressProbe(cluster, time);
        while (!cancellationToken.IsCancellationRequested)
        {
            // Before the release is known there is nothing to ask for.
            if (_release is null)
                await AskIngressAsync(probe, cancellationToken);
            await Task.Delay(_ingressTrouble is null ? IngressInterval : IngressInterval / 50, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task AskIngressAsync(IngressProbe probe, CancellationToken cancellationToken)
    {
        var before = (_ingress, _ingressTrouble);
        try
        {
            (_ingress, _ingressTrouble) = (await probe.CheckAsync(Wanted?.Paths ?? [], cancellationToken), null);
        }
        catch (ClusterException e)
        {
            _ingressTrouble = $"its ingress could not be asked: {e.Message}";
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return;
        }

        if (before._ingressTrouble != _ingressTrouble || !(before._ingress ?? []).SequenceEqual(_ingress ?? []))
            events.Changed();
    }

    private sealed record State(IReadOnlyList<Release> Releases, WantedRelease? Wanted, IReadOnlySet<string> NotServed);
}
