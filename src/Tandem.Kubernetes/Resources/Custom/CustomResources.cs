using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Resources.Custom;

/// <summary>
/// Serves the kinds of the CustomResourceDefinitions that are established. It follows the cache of the definitions, in the order
/// of the store's revisions: an object of a new kind is never seen before its kind.
/// </summary>
internal sealed class CustomResources(Caches caches, ServedResources served)
{
    /// <summary>The place of the definitions in the store.</summary>
    public const string Definitions = "customresourcedefinitions";

    private readonly Dictionary<string, (long Revision, IReadOnlyList<CustomResource> Versions)> _known = [];

    /// <summary>Serves what the definitions say now. Called by one caller at a time.</summary>
    public void Refresh()
    {
        var established = caches[Definitions].List(null).Select(d => (d.Name, d.Revision, Value: d.Parse()))
            .Where(d => IsEstablished(d.Value)).ToDictionary(d => d.Name);
        foreach (var name in _known.Keys.Except(established.Keys).ToList())
        {
            _known.Remove(name);
            caches.Remove(name);
        }

        foreach (var (name, revision, value) in established.Values)
        {
            if (_known.TryGetValue(name, out var known) && known.Revision == revision)
                continue;
            var versions = CustomResource.Of(value);
            _known[name] = (revision, versions);
            var cache = caches.Add(versions[0].Storage);
            if (cache.Storage != versions[0].Storage)
                cache.Reshape(versions[0].Storage);
        }

        served.Serve(_known.OrderBy(k => k.Key, StringComparer.Ordinal).SelectMany(k => ByPreference(k.Value.Versions)));
    }

    private static bool IsEstablished(System.Text.Json.Nodes.JsonObject definition) =>
        definition.Items("status", "conditions").Any(c => c.Text("type") == "Established" && c.Text("status") == "True");

    /// <summary>Stable versions first, then beta, then alpha; of each the highest. See
    /// https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority.</summary>
    private static IEnumerable<CustomResource> ByPreference(IReadOnlyList<CustomResource> versions) =>
        versions.Where(v => v.IsServed).Order(Comparer<CustomResource>.Create((a, b) => VersionPriority.Compare(a.Version, b.Version)));
}
