using System.Collections.Immutable;
using k8s;
using k8s.Models;

namespace Tandem.Ingress.Cluster;

/// <summary>The objects of one kind as the API last told them.</summary>
internal sealed class ObjectStore<T>
    where T : IMetadata<V1ObjectMeta>
{
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ImmutableDictionary<(string? Namespace, string Name), T> _objects = ImmutableDictionary<(string?, string), T>.Empty;

    /// <summary>Completes with the first whole list.</summary>
    public Task Synced => _synced.Task;

    public IReadOnlyCollection<T> Objects => [.. Volatile.Read(ref _objects).Values];

    /// <summary>Takes a whole list in place of all that was known.</summary>
    public void Replace(IEnumerable<T> objects)
    {
        Volatile.Write(ref _objects, objects.ToImmutableDictionary(Key));
        _synced.TrySetResult();
    }

    /// <summary>Takes one watch event. Only one task may write.</summary>
    public void Apply(WatchEventType type, T changed) =>
        Volatile.Write(ref _objects, type == WatchEventType.Deleted ? _objects.Remove(Key(changed)) : _objects.SetItem(Key(changed), changed));

    private static (string?, string) Key(T o) => (o.Metadata.NamespaceProperty, o.Metadata.Name);
}
