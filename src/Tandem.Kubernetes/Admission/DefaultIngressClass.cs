using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>An Ingress that names no class gets the one that is marked as the default.</summary>
internal sealed class DefaultIngressClass(Caches caches) : IAdmission
{
    private const string DefaultAnnotation = "ingressclass.kubernetes.io/is-default-class";
    private const string OldAnnotation = "kubernetes.io/ingress.class";

    public void Admit(AdmissionRequest request)
    {
        if (request is not { Operation: "CREATE", Resource.Kind: "Ingress" }
            || request.Object.Text("spec", "ingressClassName") is not null
            || request.Object.Text("metadata", "annotations", OldAnnotation) is not null)
            return;
        var name = caches["ingressclasses"].List(null)
            .Select(c => c.Parse())
            .Where(c => c.Text("metadata", "annotations", DefaultAnnotation) == "true")
            .OrderByDescending(c => c.Text("metadata", "creationTimestamp"), StringComparer.Ordinal)
            .Select(c => c.Text("metadata", "name"))
            .FirstOrDefault();
        if (name is not null)
            request.Object.Ensure("spec")["ingressClassName"] = name;
    }
}
