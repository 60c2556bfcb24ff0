using k8s.Models;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>Which volume suits a claim. Pure. See https://kubernetes.io/docs/concepts/storage/persistent-volumes/#binding.</summary>
internal static class VolumeMatching
{
    /// <summary>The smallest volume that is free and suits; one that is reserved for the claim comes before all others.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="volumes">All volumes.</param>
    /// <param name="node">The node that must reach it; null for any.</param>
    /// <param name="reservedOnly">Whether to look at reserved ones alone, as the scheduler is to choose among the others.</param>
    public static V1PersistentVolume? BestFor(
        V1PersistentVolumeClaim claim, IEnumerable<V1PersistentVolume> volumes, V1Node? node = null, bool reservedOnly = false) => volumes
        .Where(v => v.Metadata.DeletionTimestamp is null && (IsFor(v, claim) || (!reservedOnly && v.Spec.ClaimRef is null && v.Status?.Phase == "Available")))
        .Where(v => Mismatch(v, claim) is null && SelectorMatches(v, claim) && (node is null || IsReachable(v, node)))
        .OrderByDescending(v => v.Spec.ClaimRef is not null)
        .ThenBy(SizeOf)
        .ThenBy(v => v.Metadata.Name, StringComparer.Ordinal)
        .FirstOrDefault();

    /// <summary>Whether the volume refers to the claim: by name, and by uid once it is bound.</summary>
    public static bool IsFor(V1PersistentVolume volume, V1PersistentVolumeClaim claim) =>
        volume.Spec.ClaimRef is { } reference
        && reference.Name == claim.Metadata.Name && reference.NamespaceProperty == claim.Metadata.NamespaceProperty
        && (string.IsNullOrEmpty(reference.Uid) || reference.Uid == claim.Metadata.Uid);

    /// <summary>Why the volume cannot be the claim's, in the binder's words; null where it can.</summary>
    public static string? Mismatch(V1PersistentVolume volume, V1PersistentVolumeClaim claim)
    {
        if (SizeOf(volume) < RequestOf(claim))
            return "requested PV is too small";
        if ((volume.Spec.StorageClassName ?? "") != ClassOf(claim))
            return "storageClassName does not match";
        if ((volume.Spec.VolumeMode ?? "Filesystem") != (claim.Spec.VolumeMode ?? "Filesystem"))
            return "incompatible volumeMode";
        return claim.Spec.AccessModes.All(volume.Spec.AccessModes.Contains) ? null : "incompatible accessMode";
    }

    public static string ClassOf(V1PersistentVolumeClaim claim) => claim.Spec.StorageClassName ?? "";

    public static decimal RequestOf(V1PersistentVolumeClaim claim) =>
        claim.Spec.Resources?.Requests?.TryGetValue("storage", out var size) == true ? size.ToDecimal() : 0;

    /// <summary>Whether a node is one of those that the volume can be mounted on.</summary>
    public static bool IsReachable(V1PersistentVolume volume, V1Node node) =>
        volume.Spec.NodeAffinity?.Required is not { } required || Placement.MatchesTerms(required.NodeSelectorTerms, node);

    private static bool SelectorMatches(V1PersistentVolume volume, V1PersistentVolumeClaim claim) =>
        claim.Spec.Selector is not { } selector || selector.Matches(volume.Metadata.Labels);

    private static decimal SizeOf(V1PersistentVolume volume) => volume.Spec.Capacity.TryGetValue("storage", out var size) ? size.ToDecimal() : 0;
}
