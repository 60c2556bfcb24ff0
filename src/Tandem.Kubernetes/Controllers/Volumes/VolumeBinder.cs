using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>Ties a claim and a volume together, in both directions. Each step may have been done before.</summary>
internal sealed class VolumeBinder(k8s.Kubernetes client)
{
    public async Task BindAsync(V1PersistentVolume volume, V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        volume = await ReserveAsync(volume, claim, cancellationToken);
        await SetPhaseAsync(volume, "Bound", null, cancellationToken);
        claim = await CompleteAsync(volume, claim, cancellationToken);
        var status = claim.Status ?? new V1PersistentVolumeClaimStatus();
        if (status.Phase == "Bound" && status.Capacity is not null)
            return;
        (status.Phase, status.AccessModes, status.Capacity) = ("Bound", volume.Spec.AccessModes, volume.Spec.Capacity);
        claim.Status = status;
        await client.CoreV1.ReplaceNamespacedPersistentVolumeClaimStatusAsync(
            claim, claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    /// <summary>Makes the volume refer to the claim, so that no other gets it.</summary>
    public async Task<V1PersistentVolume> ReserveAsync(V1PersistentVolume volume, V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        if (volume.Spec.ClaimRef?.Uid == claim.Metadata.Uid)
            return volume;
        if (volume.Spec.ClaimRef is null)
            volume.Metadata.Annotate(VolumeAnnotations.BoundByController, "yes");
        volume.Spec.ClaimRef = new V1ObjectReference
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Name = claim.Metadata.Name,
            NamespaceProperty = claim.Metadata.NamespaceProperty,
            Uid = claim.Metadata.Uid,
            ResourceVersion = claim.Metadata.ResourceVersion,
        };
        return await client.CoreV1.ReplacePersistentVolumeAsync(volume, volume.Metadata.Name, cancellationToken: cancellationToken);
    }

    public async Task SetPhaseAsync(V1PersistentVolume volume, string phase, string? message, CancellationToken cancellationToken)
    {
        if (volume.Status?.Phase == phase)
            return;
        volume.Status = new V1PersistentVolumeStatus { Phase = phase, Message = message };
        await client.CoreV1.ReplacePersistentVolumeStatusAsync(volume, volume.Metadata.Name, cancellationToken: cancellationToken);
    }

    private async Task<V1PersistentVolumeClaim> CompleteAsync(V1PersistentVolume volume, V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var changed = false;
        if (string.IsNullOrEmpty(claim.Spec.VolumeName))
        {
            claim.Spec.VolumeName = volume.Metadata.Name;
            changed = claim.Metadata.Annotate(VolumeAnnotations.BoundByController, "yes");
        }

        changed |= claim.Metadata.Annotate(VolumeAnnotations.BindCompleted, "yes");
        return changed
            ? await client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(claim, claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: cancellationToken)
            : claim;
    }
}
