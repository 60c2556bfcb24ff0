using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>Gives pods the priority of their class, and lets only one class be the default.</summary>
internal sealed class PriorityAdmission(Caches caches) : IAdmission
{
    public void Admit(AdmissionRequest request)
    {
        if (request is { Operation: "CREATE", Resource.Kind: "Pod" } && request.Object.Child("spec") is { } spec)
            Pod(request, spec);
        else if (request is { Operation: "UPDATE", Resource.Kind: "Pod" })
            Keep(request.Object.Ensure("spec"), request.Old.Child("spec"));
        else if (request is { Operation: "CREATE" or "UPDATE", Resource: { Kind: "PriorityClass", Group: "scheduling.k8s.io" } } && request.Object.Flag("globalDefault"))
            Class(request);
    }

    private void Pod(AdmissionRequest request, JsonObject spec)
    {
        var found = spec.Text("priorityClassName") is { Length: > 0 } name
            ? caches["priorityclasses"].Get("", name)?.Parse() ?? throw ApiException.Forbidden("pods", request.Name, $"no PriorityClass with name {name} was found")
            : Default();
        var priority = found.Number("value") ?? 0;
        var policy = found.Text("preemptionPolicy") ?? "PreemptLowerPriority";
        if (spec.Number("priority") is { } given && given != priority)
            throw ApiException.Forbidden(
                "pods", request.Name, $"the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {priority} from the given PriorityClass name");
        if (spec.Text("preemptionPolicy") is { } told && told != policy)
            throw ApiException.Forbidden(
                "pods", request.Name, $"the string value of PreemptionPolicy ({told}) must not be provided in pod spec; priority admission controller computed {policy} from the given PriorityClass name");
        if (found is not null)
            spec["priorityClassName"] = found.Text("metadata", "name");
        spec["priority"] = priority;
        spec["preemptionPolicy"] = policy;
    }

    /// <summary>Whoever sends back what they once wrote does not know what was computed.</summary>
    private static void Keep(JsonObject spec, JsonObject? old)
    {
        foreach (var field in new[] { "priority", "preemptionPolicy" })
            if (old.At(field) is { } known)
                spec.Default(field, known.DeepClone());
    }

    private void Class(AdmissionRequest request)
    {
        if (Default() is { } other && (request.Operation == "CREATE" || other.Text("metadata", "name") != request.Name))
            throw ApiException.Forbidden(
                request.Resource.Plural,
                request.Name,
                $"PriorityClass {other.Text("metadata", "name")} is already marked as default. Only one default can exist",
                request.Resource.Group);
    }

    /// <summary>The least of them, should there be several after all.</summary>
    private JsonObject? Default() => caches["priorityclasses"].List(null)
        .Select(c => c.Parse()).Where(c => c.Flag("globalDefault")).MinBy(c => c.Number("value") ?? 0);
}
