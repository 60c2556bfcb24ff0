using Tandem.Platform.Clusters;
using Tandem.Platform.Parity.Live;
using Tandem.Platform.Parity.Wanted;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Parity;

/// <summary>One cluster at one moment.</summary>
/// <param name="Name">hot or standby.</param>
/// <param name="Trouble">Why it was not seen: it cannot be reached, or its lists have not come yet; null where it was.</param>
public sealed record ClusterView(string Name, string? Trouble)
{
    private static readonly Dictionary<ObjectKey, LiveObject> Nothing = [];

    /// <summary>Whether all of it was seen.</summary>
    public bool IsSeen => Trouble is null;

    /// <summary>Whether its API does not answer.</summary>
    public bool IsAway { get; init; }

    /// <summary>What a finding weighs here: a fault of the hot cluster keeps nobody from taking over.</summary>
    public FindingSeverity Weight => Name == "standby" ? FindingSeverity.Blocks : FindingSeverity.Warns;

    /// <summary>The releases that it has recorded.</summary>
    public IReadOnlyList<Release> Releases { get; init; } = [];

    /// <summary>What the current release wants here; null where there is none.</summary>
    public WantedRelease? Wanted { get; init; }

    /// <summary>The release's objects that it has.</summary>
    public IReadOnlyDictionary<ObjectKey, LiveObject> Members { get; init; } = Nothing;

    /// <summary>All else that was looked at: Secrets and ConfigMaps of the release's namespaces, pods, nodes, definitions.</summary>
    public IReadOnlyDictionary<ObjectKey, LiveObject> Others { get; init; } = Nothing;

    /// <summary>Kinds of the release that it does not serve, as "Kind in apiVersion".</summary>
    public IReadOnlySet<string> NotServed { get; init; } = new HashSet<string>();

    /// <summary>What its ingress answered; null where it has not been asked.</summary>
    public IReadOnlyList<IngressAnswer>? Ingress { get; init; }

    /// <summary>An object, whether it is the release's or not; null where it is not there.</summary>
    public LiveObject? Find(ObjectKey key) => Members.GetValueOrDefault(key) ?? Others.GetValueOrDefault(key);

    /// <summary>All that is known of objects of a sort.</summary>
    public IEnumerable<LiveObject> All => Members.Values.Concat(Others.Values);
}
