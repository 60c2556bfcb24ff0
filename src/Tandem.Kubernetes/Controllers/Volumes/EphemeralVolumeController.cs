using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>Makes the claims of pods' ephemeral volumes; they belong to the pod and go with it. See
/// https://kubernetes.io/docs/concepts/storage/ephemeral-volumes/#generic-ephemeral-volumes.</summary>
internal sealed class EphemeralVolumeController : Controller
{
    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;

    public EphemeralVolumeController(
        k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<EphemeralVolumeController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.Pods.Changed += c => EnqueuePod(c.New);
        informers.PersistentVolumeClaims.Changed += c =>
        {
            if (c.New is null && c.Old!.Metadata.Controller() is { Kind: "Pod" } owner)
                Enqueue(c.Old.Metadata.NamespaceProperty, owner.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var pod in Informers.Pods.All)
            EnqueuePod(pod);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var pod = await FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, @namespace, cancellationToken: cancellationToken));
        if (pod is null || !pod.IsActive())
            return;
        (pod.ApiVersion, pod.Kind) = ("v1", "Pod");
        foreach (var volume in (pod.Spec.Volumes ?? []).Where(v => v.Ephemeral is not null))
            await EnsureAsync(pod, volume, cancellationToken);
    }

    private async Task EnsureAsync(V1Pod pod, V1Volume volume, CancellationToken cancellationToken)
    {
        var @namespace = pod.Metadata.NamespaceProperty;
        var name = PodClaims.NameOf(pod, volume)!;
        var claim = await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, @namespace, cancellationToken: cancellationToken));
        if (claim is not null)
        {
            if (!PodClaims.MayUse(pod, claim))
                _events.Record(pod, "Warning", "FailedBinding", $"ephemeral volume \"{volume.Name}\": PVC \"{name}\" was not created for the pod", "ephemeral_volume");
            return;
        }

        var template = volume.Ephemeral.VolumeClaimTemplate;
        await _client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(
            new V1PersistentVolumeClaim
            {
                Metadata = new V1ObjectMeta
                {
                    Name = name,
                    Labels = template.Metadata?.Labels,
                    Annotations = template.Metadata?.Annotations,
                    OwnerReferences =
                        [new() { ApiVersion = "v1", Kind = "Pod", Name = pod.Metadata.Name, Uid = pod.Metadata.Uid, Controller = true, BlockOwnerDeletion = true }],
                },
                Spec = template.Spec,
            },
            @namespace,
            cancellationToken: cancellationToken);
    }

    private void EnqueuePod(V1Pod? pod)
    {
        if (pod?.Spec.Volumes?.Any(v => v.Ephemeral is not null) == true && pod.IsActive())
            Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
    }
}
