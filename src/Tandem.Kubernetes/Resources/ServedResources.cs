using System.Collections.Frozen;

namespace Tandem.Kubernetes.Resources;

/// <summary>
/// What this server serves at the moment: the built-in kinds, and those that CustomResourceDefinitions declare. The kinds are an
/// immutable snapshot that is replaced as a whole.
/// </summary>
internal sealed class ServedResources
{
    private Snapshot _now = new(ResourceCatalog.All);

    /// <summary>Every version of every kind; the preferred version of a kind comes first.</summary>
    public IReadOnlyList<Resource> All => Volatile.Read(ref _now).All;

    public Resource? Find(string group, string version, string plural) => Volatile.Read(ref _now).ByPath.GetValueOrDefault((group, version, plural));

    public Resource? OfKind(string? apiVersion, string? kind) => All.FirstOrDefault(r => r.Kind == kind && r.ApiVersion == apiVersion);

    public bool HasGroupVersion(string group, string version) => All.Any(r => r.Group == group && r.Version == version);

    /// <summary>Replaces all custom kinds.</summary>
    public void Serve(IEnumerable<Resource> custom) => Volatile.Write(ref _now, new Snapshot([.. ResourceCatalog.All, .. custom]));

    private sealed class Snapshot(IReadOnlyList<Resource> all)
    {
        public IReadOnlyList<Resource> All { get; } = all;

        public FrozenDictionary<(string Group, string Version, string Plural), Resource> ByPath { get; } =
            all.ToFrozenDictionary(r => (r.Group, r.Version, r.Plural));
    }
}
