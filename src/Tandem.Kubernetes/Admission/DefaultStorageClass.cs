using Tandem.Kubernetes.Resources.Volumes;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>A claim that says nothing of its class gets the newest of those that are marked as the default.</summary>
internal sealed class DefaultStorageClass(Caches caches) : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        if (request is not { Operation: "CREATE", Resource.Kind: "PersistentVolumeClaim" } || request.Object.Text("spec", "storageClassName") is not null)
            return;
        var name = caches["storageclasses"].List(null)
            .Select(c => c.Parse())
            .Where(StorageClasses.IsDefault)
            .OrderByDescending(c => c.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .ThenBy(c => c.Text("metadata", "name"), StringComparer.Ordinal)
            .Select(c => c.Text("metadata", "name"))
            .FirstOrDefault();
        if (name is not null)
            request.Object.Ensure("spec")["storageClassName"] = name;
    }
}
