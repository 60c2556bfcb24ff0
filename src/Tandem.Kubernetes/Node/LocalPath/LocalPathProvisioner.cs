using System.Net;
using k8s;
using k8s.Autorest;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Client;
using Tandem.Kubernetes.Controllers.Volumes;
using Tandem.Kubernetes.Node.Pods;
using Tandem.Kubernetes.Node.Registration;

namespace Tandem.Kubernetes.Node.LocalPath;

/// <summary>
/// Makes a folder for every claim of its class that the scheduler sends to this node, and removes those whose claim is gone. It
/// keeps to the protocol of external provisioners, each node serving its own claims.
/// </summary>
internal sealed class LocalPathProvisioner(k8s.Kubernetes client, NodeOptions options, EventRecorder events, TimeProvider time, ILogger logger)
{
    /// <summary>What failed is tried again after this.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Resync = TimeSpan.FromMinutes(5);

    private readonly Wakeup _changed = new(time);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var claims = Informer<V1PersistentVolumeClaim>();
        var volumes = Informer<V1PersistentVolume>();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var watching = Task.WhenAll(claims.RunAsync(stop.Token), volumes.RunAsync(stop.Token));
        try
        {
            await Task.WhenAll(claims.Synced, volumes.Synced).WaitAsync(cancellationToken);
            while (!cancellationToken.IsCancellationRequested)
            {
                var done = true;
                foreach (var volume in volumes.Cache.Values.Where(IsReleased))
                    done &= await TryAsync(volume.Metadata.Name, () => DeleteAsync(volume, cancellationToken), cancellationToken);
                foreach (var claim in claims.Cache.Values.Where(IsWanted))
                    if (!volumes.Cache.ContainsKey(LocalVolume.NameFor(claim)))
                        done &= await TryAsync(claim.Metadata.Name, () => ProvisionAsync(claim, cancellationToken), cancellationToken);
                await _changed.WaitAsync(done ? Resync : Retry, cancellationToken);
            }
        }
        finally
        {
            await stop.CancelAsync();
            await watching;
        }
    }

    private Informer<T> Informer<T>()
        where T : class, IKubernetesObject<V1ObjectMeta> =>
        new(RestSource.Of<T>(client), _ => _changed.Ring(), time, m => logger.LogInformation("{Message}", m));

    /// <summary>A claim for which the scheduler has chosen this node, or that waits for no pod: then any node will do.</summary>
    private bool IsWanted(V1PersistentVolumeClaim claim) =>
        string.IsNullOrEmpty(claim.Spec.VolumeName) && claim.Metadata.DeletionTimestamp is null
        && claim.Metadata.Annotation(VolumeAnnotations.Provisioner) == LocalVolume.Provisioner
        && (claim.Metadata.Annotation(VolumeAnnotations.SelectedNode) ?? options.NodeName) == options.NodeName;

    private bool IsReleased(V1PersistentVolume volume) =>
        volume.Status?.Phase == "Released" && volume.Spec.PersistentVolumeReclaimPolicy == "Delete" && volume.Metadata.DeletionTimestamp is null
        && volume.Metadata.Annotation(VolumeAnnotations.ProvisionedBy) == LocalVolume.Provisioner
        && volume.Spec.Local?.Path == FolderOf(volume.Metadata.Name);

    private string FolderOf(string volume) => Path.Combine(options.VolumesDirectory, volume);

    private async Task ProvisionAsync(V1PersistentVolumeClaim claim, CancellationToken cancellationToken)
    {
        var storageClass = await client.StorageV1.ReadStorageClassAsync(claim.Spec.StorageClassName, cancellationToken: cancellationToken);
        var about = Reference(claim);
        if (claim.Spec.VolumeMode == "Block")
        {
            events.Record(about, "Warning", "ProvisioningFailed", $"failed to provision volume with StorageClass \"{storageClass.Metadata.Name}\": block volumes are not supported");
            return;
        }

        events.Record(about, "Normal", "Provisioning", $"External provisioner is provisioning volume for claim \"{about.NamespaceProperty}/{about.Name}\"");
        var name = LocalVolume.NameFor(claim);
        Directory.CreateDirectory(FolderOf(name));
        File.SetUnixFileMode(FolderOf(name), (UnixFileMode)511); // 0777, as any user may be the container's
        try
        {
            await client.CoreV1.CreatePersistentVolumeAsync(LocalVolume.For(claim, storageClass, options.NodeName, FolderOf(name)), cancellationToken: cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == HttpStatusCode.Conflict)
        {
            return; // It is there; the watch has not told yet.
        }

        events.Record(about, "Normal", "ProvisioningSucceeded", $"Successfully provisioned volume {name}");
    }

    private async Task DeleteAsync(V1PersistentVolume volume, CancellationToken cancellationToken)
    {
        // By its own name in its own folder: a path out of an object is never followed for deletion.
        var folder = FolderOf(volume.Metadata.Name);
        if (Directory.Exists(folder))
            Directory.Delete(folder, recursive: true);
        await client.CoreV1.DeletePersistentVolumeAsync(
            volume.Metadata.Name, new V1DeleteOptions { Preconditions = new V1Preconditions { Uid = volume.Metadata.Uid } }, cancellationToken: cancellationToken);
    }

    /// <returns>Whether it was done; what was not is told and tried again.</returns>
    private async Task<bool> TryAsync(string name, Func<Task> act, CancellationToken cancellationToken)
    {
        try
        {
            await act();
            return true;
        }
        catch (HttpOperationException e) when (e.Response.StatusCode is HttpStatusCode.NotFound)
        {
            return true; // Gone already.
        }
        catch (Exception e) when (e is HttpOperationException or HttpRequestException or IOException or UnauthorizedAccessException && !cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning("Storage for '{Name}': {Message}; it is tried again", name, e.Message);
            return false;
        }
    }

    private static V1ObjectReference Reference(V1PersistentVolumeClaim claim) => new()
    {
        ApiVersion = "v1", Kind = "PersistentVolumeClaim", Name = claim.Metadata.Name, NamespaceProperty = claim.Metadata.NamespaceProperty,
        Uid = claim.Metadata.Uid, ResourceVersion = claim.Metadata.ResourceVersion,
    };
}
