using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Volumes;

/// <summary>Binds claims to volumes, asks provisioners for those that are missing, and says what becomes of volumes whose claim is gone.</summary>
internal sealed class PersistentVolumeController : Controller
{
    private const string Component = "persistentvolume-controller";

    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;
    private readonly VolumeBinder _binder;

    /// <summary>The last event of each unbound claim, by its uid: rounds that change nothing tell nothing.</summary>
    private readonly ConcurrentDictionary<string, string> _told = new();

    public PersistentVolumeController(
        k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<PersistentVolumeController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        _binder = new VolumeBinder(client);
        informers.PersistentVolumeClaims.Changed += c =>
        {
            var claim = (c.New ?? c.Old)!;
            if (c.New is null)
                _told.TryRemove(claim.Metadata.Uid, out _);
            Enqueue(claim.Metadata.NamespaceProperty, claim.Metadata.Name);
            if (claim.Spec.VolumeName is { Length: > 0 } volume)
                Enqueue("", volume);
        };
        informers.PersistentVolumes.Changed += c =>
        {
            Enqueue("", (c.New ?? c.Old)!.Metadata.Name);
            EnqueueClaims();
        };
        informers.StorageClasses.Changed += _ => EnqueueClaims();
    }

    protected override void EnqueueAll()
    {
        foreach (var volume in Informers.PersistentVolumes.All)
            Enqueue("", volume.Metadata.Name);
        foreach (var claim in Informers.PersistentVolumeClaims.All)
            Enqueue(claim.Metadata.NamespaceProperty, claim.Metadata.Name);
    }

    protected override Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken) =>
        @namespace.Length == 0 ? VolumeAsync(name, cancellationToken) : ClaimAsync(@namespace, name, cancellationToken);

    /// <summary>A volume came, changed or went: that may concern those that wait, and the one that had it.</summary>
    private void EnqueueClaims()
    {
        foreach (var claim in Informers.PersistentVolumeClaims.All)
            Enqueue(claim.Metadata.NamespaceProperty, claim.Metadata.Name);
    }

    private async Task ClaimAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var claim = await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(name, @namespace, cancellationToken: cancellationToken));
        if (claim is null)
            return;
        (claim.ApiVersion, claim.Kind) = ("v1", "PersistentVolumeClaim");
        if (claim.Metadata.Annotation(VolumeAnnotations.BindCompleted) is not null)
            await BoundClaimAsync(claim, cancellationToken);
        else if (claim.Metadata.DeletionTimestamp is null)
            await UnboundClaimAsync(claim, cancellationToken);
    }

    private async Task UnboundClaimAsync(V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        if (claim.Spec.VolumeName is { Length: > 0 } wanted)
        {
            if (await VolumeOfAsync(wanted, cancellationToken) is not { } named)
                return;
            if (named.Spec.ClaimRef is not null && !VolumeMatching.IsFor(named, claim))
                Tell(claim, "Warning", "FailedBinding", $"volume \"{wanted}\" already bound to a different claim.");
            else if (VolumeMatching.Mismatch(named, claim) is { } why)
                Tell(claim, "Warning", "VolumeMismatch", $"Cannot bind to requested volume \"{wanted}\": {why}");
            else
                await _binder.BindAsync(named, claim, cancellationToken);
            return;
        }

        var name = VolumeMatching.ClassOf(claim);
        var storageClass = name.Length == 0 ? null : await FindAsync(() => _client.StorageV1.ReadStorageClassAsync(name, cancellationToken: cancellationToken));
        var waits = storageClass?.VolumeBindingMode == "WaitForFirstConsumer" && claim.Metadata.Annotation(VolumeAnnotations.SelectedNode) is null;
        var volumes = (await _client.CoreV1.ListPersistentVolumeAsync(cancellationToken: cancellationToken)).Items;
        if (VolumeMatching.BestFor(claim, volumes, reservedOnly: storageClass?.VolumeBindingMode == "WaitForFirstConsumer") is { } found)
            await _binder.BindAsync(found, claim, cancellationToken);
        else if (waits)
            Tell(claim, "Normal", "WaitForFirstConsumer", "waiting for first consumer to be created before binding");
        else if (name.Length == 0)
            Tell(claim, "Normal", "FailedBinding", "no persistent volumes available for this claim and no storage class is set");
        else if (storageClass is null)
            Tell(claim, "Warning", "ProvisioningFailed", $"storageclass.storage.k8s.io \"{name}\" not found");
        else
            await ProvisionAsync(claim, storageClass, cancellationToken);
    }

    /// <summary>Tells the provisioner of the class that its work is wanted.</summary>
    private async Task ProvisionAsync(V1PersistentVolumeClaim claim, V1StorageClass storageClass, CancellationToken cancellationToken)
    {
        var provisioner = storageClass.Provisioner;
        if (provisioner == "kubernetes.io/no-provisioner")
            return;
        if (claim.Metadata.Annotate(VolumeAnnotations.Provisioner, provisioner) | claim.Metadata.Annotate(VolumeAnnotations.OldProvisioner, provisioner))
            await _client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(claim, claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        Tell(
            claim, "Normal", "ExternalProvisioning",
            $"Waiting for a volume to be created either by the external provisioner '{provisioner}' or manually by the system administrator. If volume creation is delayed, please verify that the provisioner is running and correctly registered.");
    }

    private async Task BoundClaimAsync(V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(claim.Spec.VolumeName))
            await LoseAsync(claim, "ClaimLost", "Bound claim has lost reference to PersistentVolume. Data on the volume is lost!", cancellationToken);
        else if (await VolumeOfAsync(claim.Spec.VolumeName, cancellationToken) is not { } volume)
            await LoseAsync(claim, "ClaimLost", "Bound claim has lost its PersistentVolume. Data on the volume is lost!", cancellationToken);
        else if (volume.Spec.ClaimRef is null || VolumeMatching.IsFor(volume, claim))
            await _binder.BindAsync(volume, claim, cancellationToken);
        else
            await LoseAsync(claim, "ClaimMisbound", "Two claims are bound to the same volume, this one is bound incorrectly", cancellationToken);
    }

    private async Task LoseAsync(V1PersistentVolumeClaim claim, string reason, string message, CancellationToken cancellationToken)
    {
        if (claim.Status?.Phase == "Lost")
            return;
        claim.Status = new V1PersistentVolumeClaimStatus { Phase = "Lost" };
        await _client.CoreV1.ReplaceNamespacedPersistentVolumeClaimStatusAsync(
            claim, claim.Metadata.Name, claim.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        Tell(claim, "Warning", reason, message);
    }

    private async Task VolumeAsync(string name, CancellationToken cancellationToken)
    {
        if (await VolumeOfAsync(name, cancellationToken) is not { } volume)
            return;
        if (volume.Spec.ClaimRef is not { Uid: { Length: > 0 } uid } reference)
        {
            await _binder.SetPhaseAsync(volume, "Available", null, cancellationToken);
            return;
        }

        var claim = await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(reference.Name, reference.NamespaceProperty, cancellationToken: cancellationToken));
        if (claim is null || claim.Metadata.Uid != uid)
            await ReleaseAsync(volume, cancellationToken);
        else if (claim.Spec.VolumeName == name)
            await _binder.SetPhaseAsync(volume, "Bound", null, cancellationToken);
    }

    /// <summary>The claim is gone: what was provisioned goes with it, by its provisioner; the rest stays for people to look after.</summary>
    private async Task ReleaseAsync(V1PersistentVolume volume, CancellationToken cancellationToken)
    {
        if (volume.Status?.Phase == "Failed")
            return;
        var policy = volume.Spec.PersistentVolumeReclaimPolicy;
        if (policy == "Retain" || volume.Metadata.Annotation(VolumeAnnotations.ProvisionedBy) is not null)
        {
            await _binder.SetPhaseAsync(volume, "Released", null, cancellationToken);
            return;
        }

        var (reason, message) = policy == "Delete"
            ? ("VolumeFailedDelete", $"error getting deleter volume plugin for volume \"{volume.Metadata.Name}\": no deletable volume plugin matched")
            : ("VolumeFailedRecycle", "no recyclable volume plugin matched");
        await _binder.SetPhaseAsync(volume, "Failed", message, cancellationToken);
        _events.Record(volume, "Warning", reason, message, Component);
    }

    private async Task<V1PersistentVolume?> VolumeOfAsync(string name, CancellationToken cancellationToken)
    {
        var volume = await FindAsync(() => _client.CoreV1.ReadPersistentVolumeAsync(name, cancellationToken: cancellationToken));
        if (volume is not null)
            (volume.ApiVersion, volume.Kind) = ("v1", "PersistentVolume");
        return volume;
    }

    private void Tell(V1PersistentVolumeClaim claim, string type, string reason, string message)
    {
        var before = _told.GetValueOrDefault(claim.Metadata.Uid);
        _told[claim.Metadata.Uid] = message;
        if (before != message)
            _events.Record(claim, type, reason, message, Component);
    }
}
