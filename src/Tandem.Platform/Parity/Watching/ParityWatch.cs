using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;

namespace Tandem.Platform.Parity.Watching;

/// <summary>Keeps both clusters of a platform in sight, and shows them as they are at a moment.</summary>
public sealed class ParityWatch
{
    private readonly ParityEvents _events = new();
    private readonly IReadOnlyList<ClusterWatch> _watches;
    private readonly ReleaseFollower _releases;
    private readonly TimeProvider _time;

    /// <param name="hot">The hot cluster.</param>
    /// <param name="standby">The standby.</param>
    /// <param name="platform">The platform's name.</param>
    /// <param name="time">The clock.</param>
    public ParityWatch(Cluster hot, Cluster standby, string platform, TimeProvider time)
    {
        var reader = new LiveReader(new DataHash());
        _time = time;
        _watches = [new ClusterWatch(hot, platform, reader, _events, time), new ClusterWatch(standby, platform, reader, _events, time)];
        _releases = new ReleaseFollower(_watches, _events, time);
    }

    /// <summary>Runs until cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll([.. _watches.Select(w => w.RunAsync(cancellationToken)), _releases.RunAsync(cancellationToken)]);

    /// <summary>Waits until something has changed since the last call.</summary>
    public Task NextAsync(CancellationToken cancellationToken) => _events.NextAsync(cancellationToken);

    /// <summary>Both clusters now.</summary>
    public ParityView View() => new(_time.GetUtcNow(), _watches[0].View(), _watches[1].View(), _releases.History, _releases.Conflict);
}
