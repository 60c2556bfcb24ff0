using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Volumes;

/// <summary>The folders behind pods' claims.</summary>
internal sealed class ClaimedVolumes(INodeApi api, NodeOptions options)
{
    /// <exception cref="VolumeException">The claim is not there, not bound, or bound to what this node cannot mount.</exception>
    /// <exception cref="IOException">The folder is not what the volume says.</exception>
    public async Task<string> FolderAsync(V1Pod pod, V1Volume volume, string name, CancellationToken cancellationToken)
    {
        var @namespace = pod.Metadata.NamespaceProperty;
        VolumeException Refused(string why) => new(volume.Name, $"error processing PVC {@namespace}/{name}: {why}");

        var claim = await api.ClaimAsync(@namespace, name, cancellationToken) ?? throw Refused($"failed to fetch PVC from API server: persistentvolumeclaims \"{name}\" not found");
        if (!PodClaims.MayUse(pod, claim))
            throw Refused($"PVC {name} was not created for pod {pod.Metadata.Name}");
        if (claim.Metadata.DeletionTimestamp is not null)
            throw Refused("can't start pod because PVC is being deleted");
        if (claim.Status?.Phase != "Bound" || string.IsNullOrEmpty(claim.Spec.VolumeName))
            throw Refused("PVC is not bound");
        var bound = await api.VolumeAsync(claim.Spec.VolumeName, cancellationToken) ?? throw Refused($"persistentvolumes \"{claim.Spec.VolumeName}\" not found");
        if (bound.Spec.ClaimRef?.Uid != claim.Metadata.Uid)
            throw Refused($"PV {bound.Metadata.Name} is not bound to this claim");
        if (bound.Spec.VolumeMode == "Block")
            throw Refused("block volumes are not supported by this node");
        return Folder(pod, bound.Spec) ?? throw Refused("this type of volume is not supported by this node");
    }

    private string? Folder(V1Pod pod, V1PersistentVolumeSpec spec)
    {
        if (spec.HostPath is { } hostPath)
            return HostPath.Check(hostPath);
        if (spec.Local is not { } local)
            return null;
        var folder = HostPath.Check(new V1HostPathVolumeSource { Path = local.Path, Type = "Directory" });

        // The folders that this node made are its to hand on; any other keeps its owners.
        if (pod.Spec.SecurityContext?.FsGroup is { } group && folder.StartsWith(options.VolumesDirectory + "/", StringComparison.Ordinal))
            VolumeOwnership.GiveToGroup(folder, group, pod.Spec.SecurityContext.FsGroupChangePolicy);
        return folder;
    }
}
