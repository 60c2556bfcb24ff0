using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Admission;

namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>Lets claims go that no pod uses any longer, and volumes that are not bound.</summary>
internal sealed class StorageProtectionController : Controller
{
    private readonly k8s.Kubernetes _client;

    public StorageProtectionController(k8s.Kubernetes client, SharedInformers informers, TimeProvider time, ILogger<StorageProtectionController> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.PersistentVolumeClaims.Changed += c => EnqueueEnding(c.New);
        informers.PersistentVolumes.Changed += c => EnqueueEnding(c.New);
        informers.Pods.Changed += c =>
        {
            var pod = (c.New ?? c.Old)!;
            if (c.New is null || !IsUsing(pod))
                foreach (var claim in PodClaims.NamesOf(pod))
                    Enqueue(pod.Metadata.NamespaceProperty, claim);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var claim in Informers.PersistentVolumeClaims.All)
            EnqueueEnding(claim);
        foreach (var volume in Informers.PersistentVolumes.All)
            EnqueueEnding(volume);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (@namespace.Length == 0)
        {
            var volume = await FindAsync(() => _client.CoreV1.ReadPersistentVolumeAsync(name, cancellationToken: cancellationToken));
            if (volume is not null && volume.Status?.Phase != "Bound" && Release(volume.Metadata, StorageObjectInUseProtection.VolumeFinalizer))
                await _client.CoreV1.ReplacePersistentVolumeAsync(volume, name, cancellationToken: cancellationToken);
            return;
        }

        var claim = await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, @namespace, cancellationToken: cancellationToken));
        if (claim is null || !Release(claim.Metadata, StorageObjectInUseProtection.ClaimFinalizer))
            return;
        var pods = await _client.CoreV1.ListNamespacedPodAsync(@namespace, cancellationToken: cancellationToken);
        if (!pods.Items.Any(p => IsUsing(p) && PodClaims.NamesOf(p).Contains(name)))
            await _client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(claim, name, @namespace, cancellationToken: cancellationToken);
    }

    private void EnqueueEnding(IKubernetesObject<V1ObjectMeta>? value)
    {
        if (value?.Metadata.DeletionTimestamp is not null)
            Enqueue(value.Metadata.NamespaceProperty, value.Metadata.Name);
    }

    /// <returns>Whether an object that is being deleted had the finalizer, which it has no longer.</returns>
    private static bool Release(V1ObjectMeta metadata, string finalizer) =>
        metadata.DeletionTimestamp is not null && metadata.Finalizers?.Remove(finalizer) == true;

    /// <summary>A pod without a node will not start with a claim that is being deleted.</summary>
    private static bool IsUsing(V1Pod pod) => !string.IsNullOrEmpty(pod.Spec.NodeName) && pod.Status?.Phase is not ("Succeeded" or "Failed");
}
