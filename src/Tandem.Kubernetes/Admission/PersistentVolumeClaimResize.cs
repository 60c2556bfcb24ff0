using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>Only classes that say so let their claims grow.</summary>
internal sealed class PersistentVolumeClaimResize(Caches caches) : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        if (request is not { Operation: "UPDATE", Resource.Kind: "PersistentVolumeClaim", Old: { } old } || !(Size(request.Object) > Size(old)))
            return;
        if (old.Text("status", "phase") != "Bound")
            return; // Validation forbids it.
        var name = request.Object.Text("spec", "storageClassName") ?? "";
        if (caches["storageclasses"].Get("", name)?.Parse().Flag("allowVolumeExpansion") != true)
            throw ApiException.Forbidden(
                request.Resource.Plural, request.Name, "only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize");
    }

    private static decimal? Size(System.Text.Json.Nodes.JsonObject claim) => Quantity.Parse(claim.At("spec", "resources", "requests", "storage"));
}
