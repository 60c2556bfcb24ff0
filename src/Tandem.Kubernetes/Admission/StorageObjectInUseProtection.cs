using System.Text.Json.Nodes;

namespace Tandem.Kubernetes.Admission;

/// <summary>Keeps claims that pods use, and volumes that are bound, from going while they are. See
/// https://kubernetes.io/docs/concepts/storage/persistent-volumes/#storage-object-in-use-protection.</summary>
internal sealed class StorageObjectInUseProtection : IAdmission
{
    public const string ClaimFinalizer = "kubernetes.io/pvc-protection";
    public const string VolumeFinalizer = "kubernetes.io/pv-protection";

    public void Admit(AdmissionRequest request)
    {
        var finalizer = request.Resource.Kind switch { "PersistentVolumeClaim" => ClaimFinalizer, "PersistentVolume" => VolumeFinalizer, _ => null };
        if (finalizer is null || request.Operation != "CREATE")
            return;
        var metadata = request.Object.Ensure("metadata");
        if (metadata["finalizers"] is not JsonArray finalizers)
            metadata["finalizers"] = finalizers = [];
        if (!metadata.Texts("finalizers").Contains(finalizer))
            finalizers.Add(finalizer);
    }
}
