using k8s.Models;

namespace Tandem.Kubernetes;

/// <summary>The claims that a pod's volumes stand for.</summary>
internal static class PodClaims
{
    /// <summary>The name of the claim behind a volume; null for a volume of another kind.</summary>
    public static string? NameOf(V1Pod pod, V1Volume volume) =>
        volume.PersistentVolumeClaim?.ClaimName ?? (volume.Ephemeral is null ? null : $"{pod.Metadata.Name}-{volume.Name}");

    public static IEnumerable<string> NamesOf(V1Pod pod) => (pod.Spec.Volumes ?? []).Select(v => NameOf(pod, v)).OfType<string>().Distinct();

    /// <summary>Whether a claim is the pod's to use: one for an ephemeral volume must have been made for this very pod.</summary>
    public static bool MayUse(V1Pod pod, V1PersistentVolumeClaim claim) =>
        (pod.Spec.Volumes ?? []).Where(v => NameOf(pod, v) == claim.Metadata.Name)
            .All(v => v.Ephemeral is null || (claim.Metadata.OwnerReferences ?? []).Any(o => o.Controller == true && o.Uid == pod.Metadata.Uid));
}
