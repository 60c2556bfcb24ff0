using Tandem.Client;
using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;

namespace Tandem.Platform.Parity.Watching;

/// <summary>The objects that the informers of a cluster tell of. Safe for use from several threads.</summary>
internal sealed class ClusterObjects
{
    private readonly Lock _gate = new();
    private readonly Dictionary<ObjectKey, LiveObject> _objects = [];

    /// <summary>Takes a change.</summary>
    /// <returns>Whether anything that is judged by has changed.</returns>
    public bool Take(InformerEvent<LiveObject> change)
    {
        lock (_gate)
        {
            if (change.New is { } now)
                _objects[now.Key] = now;
            else if (change.Old is { } gone)
                _objects.Remove(gone.Key);
        }

        return change is not { Old: { } before, New: { } after } || before.Facts != after.Facts;
    }

    /// <summary>Forgets what a source told: it is no longer watched.</summary>
    public void Forget(IEnumerable<LiveObject> objects)
    {
        lock (_gate)
        {
            foreach (var value in objects)
                _objects.Remove(value.Key);
        }
    }

    /// <summary>All of them at this moment.</summary>
    public IReadOnlyDictionary<ObjectKey, LiveObject> Snapshot()
    {
        lock (_gate)
            return new Dictionary<ObjectKey, LiveObject>(_objects);
    }
}
