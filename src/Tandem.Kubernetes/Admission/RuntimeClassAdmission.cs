using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Admission;

/// <summary>There are no runtime classes here, so none can be asked for. See
/// https://kubernetes.io/docs/concepts/containers/runtime-class/.</summary>
internal sealed class RuntimeClassAdmission : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        if (request is not { Operation: "CREATE", Resource.Kind: "Pod" })
            return;
        if (request.Object.Text("spec", "runtimeClassName") is { Length: > 0 } name)
            throw ApiException.Forbidden("pods", request.Name, $"pod rejected: RuntimeClass \"{name}\" not found");
        if (request.Object.Child("spec", "overhead") is { Count: > 0 })
            throw ApiException.Forbidden("pods", request.Name, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead");
    }
}
