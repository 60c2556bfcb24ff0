using k8s;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Volumes;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>What a pod's claims mean for its place, as of one moment. See
/// https://kubernetes.io/docs/concepts/storage/storage-classes/#volume-binding-mode.</summary>
internal sealed class PodVolumes
{
    private readonly List<(V1PersistentVolumeClaim Claim, V1PersistentVolume? Volume)> _bound = [];
    private readonly List<(V1PersistentVolumeClaim Claim, V1StorageClass Class)> _waiting = [];
    private readonly List<V1PersistentVolume> _volumes;

    /// <param name="pod">The pod.</param>
    /// <param name="claims">The claims of its namespace.</param>
    /// <param name="volumes">All volumes.</param>
    /// <param name="classes">All classes.</param>
    public PodVolumes(V1Pod pod, IEnumerable<V1PersistentVolumeClaim> claims, IEnumerable<V1PersistentVolume> volumes, IEnumerable<V1StorageClass> classes)
    {
        _volumes = [.. volumes];
        var known = claims.ToDictionary(c => c.Metadata.Name);
        var byName = classes.ToDictionary(c => c.Metadata.Name);
        foreach (var name in PodClaims.NamesOf(pod))
        {
            if (!known.TryGetValue(name, out var claim))
                Blocked ??= $"persistentvolumeclaim \"{name}\" not found";
            else if (claim.Status?.Phase == "Lost")
                Blocked ??= $"persistentvolumeclaim \"{name}\" bound to non-existent persistentvolume \"{claim.Spec.VolumeName}\"";
            else if (claim.Metadata.DeletionTimestamp is not null)
                Blocked ??= $"persistentvolumeclaim \"{name}\" is being deleted";
            else if (!PodClaims.MayUse(pod, claim))
                Blocked ??= $"PVC \"{name}\" was not created for pod \"{pod.Metadata.Name}\" (pod is not owner)";
            else if (claim.Metadata.Annotation(VolumeAnnotations.BindCompleted) is not null)
                _bound.Add((claim, _volumes.FirstOrDefault(v => v.Metadata.Name == claim.Spec.VolumeName)));
            else if (byName.GetValueOrDefault(VolumeMatching.ClassOf(claim)) is { VolumeBindingMode: "WaitForFirstConsumer" } storageClass)
                _waiting.Add((claim, storageClass));
            else
                Blocked ??= "pod has unbound immediate PersistentVolumeClaims";
        }
    }

    /// <summary>Why the pod can be nowhere yet; null where it can.</summary>
    public string? Blocked { get; }

    /// <summary>Whether every claim has its volume.</summary>
    public bool AreBound => _waiting.Count == 0;

    public static async Task<PodVolumes> ReadAsync(k8s.Kubernetes client, V1Pod pod, CancellationToken cancellationToken)
    {
        if (!PodClaims.NamesOf(pod).Any())
            return new PodVolumes(pod, [], [], []);
        var claims = await client.CoreV1.ListNamespacedPersistentVolumeClaimAsync(pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        var volumes = await client.CoreV1.ListPersistentVolumeAsync(cancellationToken: cancellationToken);
        var classes = await client.StorageV1.ListStorageClassAsync(cancellationToken: cancellationToken);
        return new PodVolumes(pod, claims.Items, volumes.Items, classes.Items);
    }

    /// <summary>Why the claims keep the pod off a node, in the scheduler's words; null where they do not.</summary>
    public string? Reason(V1Node node)
    {
        if (_bound.Any(b => b.Volume is null || !VolumeMatching.IsReachable(b.Volume, node)))
            return "node(s) didn't match PersistentVolume's node affinity";
        var canHave = _waiting.All(w => w.Claim.Metadata.Annotation(VolumeAnnotations.SelectedNode) is { } selected
            ? selected == node.Metadata.Name
            : VolumeMatching.BestFor(w.Claim, _volumes, node) is not null || w.Class.Provisioner != "kubernetes.io/no-provisioner");
        return canHave ? null : "node(s) didn't find available persistent volumes to bind";
    }

    /// <summary>Reserves a volume that the node reaches for each claim that waited for its first consumer, or has one made there.</summary>
    public async Task SelectAsync(k8s.Kubernetes client, V1Node node, CancellationToken cancellationToken)
    {
        var binder = new VolumeBinder(client);
        foreach (var (claim, _) in _waiting.Where(w => w.Claim.Metadata.Annotation(VolumeAnnotations.SelectedNode) is null))
        {
            if (VolumeMatching.BestFor(claim, _volumes, node) is { } volume)
            {
                await binder.ReserveAsync(volume, claim, cancellationToken);
                continue;
            }

            claim.Metadata.Annotate(VolumeAnnotations.SelectedNode, node.Metadata.Name);
            await client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(
                claim, claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
    }
}
