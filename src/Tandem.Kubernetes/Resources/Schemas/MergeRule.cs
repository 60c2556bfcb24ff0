namespace Tandem.Kubernetes.Resources.Schemas;

/// <summary>What server-side apply takes a list for (x-kubernetes-list-type).</summary>
internal enum ListKind
{
    Atomic,
    Set,
    Map,
}

/// <summary>How a field merges, in server-side apply and in strategic merge patches, which disagree here and there.</summary>
/// <param name="List">How server-side apply merges a list.</param>
/// <param name="Keys">The fields that identify an item of a list map.</param>
/// <param name="KeyDefaults">Values of keys that an item leaves out.</param>
/// <param name="PatchMergeKey">The field by which a strategic merge patch identifies an item; null where there is none.</param>
/// <param name="PatchMerge">Whether a strategic merge patch merges the list rather than replacing it.</param>
/// <param name="RetainKeys">Whether a strategic merge patch may carry $retainKeys for it.</param>
/// <param name="MapIsAtomic">Overrides whether a map or struct is one value; null leaves it to the type.</param>
internal sealed record MergeRule(
    ListKind List,
    IReadOnlyList<string> Keys,
    IReadOnlyDictionary<string, string> KeyDefaults,
    string? PatchMergeKey,
    bool PatchMerge,
    bool RetainKeys,
    bool? MapIsAtomic)
{
    public static readonly MergeRule Default = new(ListKind.Atomic, [], new Dictionary<string, string>(), null, false, false, null);
}
