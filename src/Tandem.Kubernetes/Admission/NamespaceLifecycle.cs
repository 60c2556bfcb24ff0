using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>Nothing is created in a namespace that is missing or going; the first namespaces stay.</summary>
internal sealed class NamespaceLifecycle(Caches caches) : IAdmission
{
    private static readonly string[] Immortal = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public void Admit(AdmissionRequest request)
    {
        if (request is { Operation: "DELETE", Resource.Kind: "Namespace" } && Immortal.Contains(request.Name))
            throw ApiException.Forbidden("namespaces", request.Name, "this namespace may not be deleted");
        if (request.Operation != "CREATE" || !request.Resource.IsNamespaced)
            return;
        var @namespace = caches["namespaces"].Get("", request.Namespace)?.Parse() ?? throw ApiException.NotFound("namespaces", request.Namespace);
        if (@namespace.Text("metadata", "deletionTimestamp") is null)
            return;
        throw ApiException.Forbidden(
            request.Resource.Plural,
            request.Name,
            $"unable to create new content in namespace {request.Namespace} because it is being terminated",
            request.Resource.Group,
            new JsonArray(new JsonObject
            {
                ["reason"] = "NamespaceTerminating", ["message"] = $"namespace {request.Namespace} is being terminated", ["field"] = "metadata.namespace",
            }));
    }
}
