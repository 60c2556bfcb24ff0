using System.Threading.Channels;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Says that something has changed, to two readers: one of the records of releases, one of everything. Many changes at once are one.</summary>
internal sealed class ParityEvents
{
    private readonly Channel<bool> _changes = One();
    private readonly Channel<bool> _releases = One();

    /// <summary>Something to judge by has changed.</summary>
    public void Changed() => _changes.Writer.TryWrite(true);

    /// <summary>A record of a release has changed, or a cluster has come back that knows none yet.</summary>
    public void ReleaseChanged()
    {
        _releases.Writer.TryWrite(true);
        Changed();
    }

    /// <summary>Waits for a change since the last call.</summary>
    public async Task NextAsync(CancellationToken cancellationToken) => await _changes.Reader.ReadAsync(cancellationToken);

    /// <summary>Waits for a change of releases since the last call.</summary>
    public async Task NextReleaseAsync(CancellationToken cancellationToken) => await _releases.Reader.ReadAsync(cancellationToken);

    private static Channel<bool> One() => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
}
