using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Quotas;
using Tandem.Kubernetes.Resources.Core;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>Gives containers the defaults of the namespace's LimitRanges, and refuses what is beyond their bounds.</summary>
internal sealed class LimitRanger(Caches caches) : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        var isPod = request is { Operation: "CREATE", Resource.Kind: "Pod" };
        if (!isPod && !(request.Resource.Kind == "PersistentVolumeClaim" && request.Operation is "CREATE" or "UPDATE"))
            return;
        var ranges = caches["limitranges"].List(request.Namespace).Select(r => r.Parse().Items("spec", "limits").ToList()).ToList();
        foreach (var limits in isPod ? ranges : [])
            LimitDefaults.Apply(request.Object, limits);
        foreach (var limits in ranges)
        {
            List<string> errors = [.. isPod ? LimitBounds.OfPod(request.Object, limits) : LimitBounds.OfClaim(request.Object, limits)];
            if (errors.Count > 0)
                throw ApiException.Forbidden(
                    request.Resource.Plural, request.Name, errors.Count == 1 ? errors[0] : $"[{string.Join(", ", errors.Distinct())}]", request.Resource.Group);
        }

        if (isPod)
            request.Object.Put(PodQos.Of(request.Object.Child("spec") ?? []), "status", "qosClass");
    }
}
