using System.Threading.Channels;

namespace Tandem.Kubernetes.Storage;

/// <summary>One client's queue of changes. A client that does not keep up loses its watch; the others notice nothing.</summary>
internal sealed class Watcher(string? @namespace, Action<Watcher> detach) : IDisposable
{
    /// <summary>More than a burst of the largest controller; beyond it the client is told 410 and lists again.</summary>
    private const int Capacity = 4096;

    private readonly Channel<WatchEvent> _changes =
        Channel.CreateBounded<WatchEvent>(new BoundedChannelOptions(Capacity) { SingleReader = true });

    /// <summary>The changes in order; it completes with <see cref="RevisionCompactedException"/> for a client too slow.</summary>
    public ChannelReader<WatchEvent> Changes => _changes.Reader;

    public void Offer(WatchEvent change)
    {
        if (@namespace is not null && change.Object.Namespace != @namespace)
            return;
        if (!_changes.Writer.TryWrite(change))
            _changes.Writer.TryComplete(new RevisionCompactedException(change.Revision));
    }

    public void Dispose()
    {
        detach(this);
        _changes.Writer.TryComplete();
    }
}
