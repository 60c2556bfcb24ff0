using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>
/// Pod Security admission by the labels of the namespace: enforce refuses pods, warn tells the author, for pods and for
/// templates of pods. See https://kubernetes.io/docs/concepts/security/pod-security-admission/.
/// </summary>
internal sealed class PodSecurity(Caches caches) : IAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";

    public void Admit(AdmissionRequest request)
    {
        if (request.Operation is not ("CREATE" or "UPDATE"))
            return;
        var (metadata, spec) = PodOf(request);
        if (spec is null)
            return;
        var labels = caches["namespaces"].Get("", request.Namespace)?.Facts.Labels;
        if (labels is null)
            return;

        if (request.Resource.Kind == "Pod" && Violations(labels, "enforce", metadata, spec, out var level) is { Count: > 0 } violations)
            throw ApiException.Forbidden("pods", request.Name, $"violates PodSecurity \"{level}:latest\": {string.Join(", ", violations)}");
        if (Violations(labels, "warn", metadata, spec, out level) is { Count: > 0 } warnings)
            request.Options.Warnings.Add($"would violate PodSecurity \"{level}:latest\": {string.Join(", ", warnings)}");
    }

    private static (JsonObject? Metadata, JsonObject? Spec) PodOf(AdmissionRequest request)
    {
        if (request.Resource.Kind == "Pod")
        {
            // What a running pod may still change is no matter of security.
            var changed = request.Old is null || !JsonNode.DeepEquals(request.Old["spec"], request.Object["spec"]);
            return changed ? (request.Object.Child("metadata"), request.Object.Child("spec")) : (null, null);
        }

        return (request.Object.Child("spec", "template", "metadata"), request.Object.Child("spec", "template", "spec"));
    }

    private static IReadOnlyList<string> Violations(
        IReadOnlyDictionary<string, string> labels, string mode, JsonObject? metadata, JsonObject spec, out string level)
    {
        level = labels.GetValueOrDefault(Prefix + mode, "privileged");
        return level switch
        {
            "restricted" => [.. PodSecurityStandards.Baseline(metadata, spec), .. PodSecurityStandards.Restricted(spec)],
            "baseline" => [.. PodSecurityStandards.Baseline(metadata, spec)],
            _ => [],
        };
    }
}
