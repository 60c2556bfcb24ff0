using Tandem.Kubernetes.Resources;

namespace Tandem.Kubernetes.Storage;

/// <summary>The cache of every kind that is served.</summary>
internal sealed class Caches
{
    private readonly Dictionary<string, ResourceCache> _byPlural =
        ResourceCatalog.All.ToDictionary(r => r.Plural, r => new ResourceCache(r.Plural, r.AllSelectableFields));

    public IEnumerable<ResourceCache> All => _byPlural.Values;

    public ResourceCache this[Resource resource] => _byPlural[resource.Plural];

    public ResourceCache this[string plural] => _byPlural[plural];
}
