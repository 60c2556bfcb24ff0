using System.Collections.Concurrent;
using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Storage;

/// <summary>The cache of every kind that is served. Versions of a kind share one.</summary>
internal sealed class Caches
{
    private readonly ConcurrentDictionary<string, ResourceCache> _byName = new(
        ResourceCatalog.All.Where(r => r.IsStored).Select(r => r.Storage).Distinct().Select(r => KeyValuePair.Create(r.StorageName, new ResourceCache(r))));

    public IEnumerable<ResourceCache> All => _byName.Values;

    public ResourceCache this[Resource resource] => _byName[resource.StorageName];

    public ResourceCache this[string name] => _byName[name];

    /// <summary>The cache at a place in the store; null where nothing is served from there.</summary>
    public ResourceCache? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The cache of a custom kind, made where there is none.</summary>
    public ResourceCache Add(Resource storage) => _byName.GetOrAdd(storage.StorageName, _ => new ResourceCache(storage));

    /// <summary>A custom kind is no longer served.</summary>
    public void Remove(string name) => _byName.TryRemove(name, out _);
}
