using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Admission;

/// <summary>
/// Pod Security admission by the labels of the namespace: enforce refuses pods; warn tells the author and audit the audit log, for pods and for
/// templates of pods. See https://kubernetes.io/docs/concepts/security/pod-security-admission/.
/// </summary>
internal sealed partial class PodSecurity(Caches caches) : IAdmission
{
    private const string Prefix = "pod-security.kubernetes.io/";

    public void Admit(AdmissionRequest request)
    {
        if (request.Operation is not ("CREATE" or "UPDATE"))
            return;
        if (request.Resource.Kind == "Namespace")
        {
            AdmitNamespace(request);
            return;
        }

        var (metadata, spec) = PodOf(request);
        if (spec is null)
            return;
        var labels = caches["namespaces"].Get("", request.Namespace)?.Facts.Labels;
        if (labels is null)
            return;

        if (request.Resource.Kind == "Pod" && Violations(labels, "enforce", metadata, spec, out var level) is { Count: > 0 } violations)
            throw ApiException.Forbidden("pods", request.Name, $"violates PodSecurity \"{level}\": {string.Join(", ", violations)}");
        if (Violations(labels, "audit", metadata, spec, out level) is { Count: > 0 } noted)
            request.Options.AuditAnnotations[Prefix + "audit-violations"] = $"would violate PodSecurity \"{level}\": {string.Join(", ", noted)}";
        if (Violations(labels, "warn", metadata, spec, out level) is { Count: > 0 } warnings)
            request.Options.Warnings.Add($"would violate PodSecurity \"{level}\": {string.Join(", ", warnings)}");
    }

    /// <summary>A namespace's labels must name levels that there are; a stricter one warns of pods that it would refuse.</summary>
    private void AdmitNamespace(AdmissionRequest request)
    {
        var labels = request.Object.Child("metadata", "labels") ?? [];
        var errors = new FieldErrors();
        foreach (var mode in new[] { "enforce", "audit", "warn" })
        {
            if (labels.Text(Prefix + mode) is { } level && level is not ("privileged" or "baseline" or "restricted"))
                errors.Invalid($"metadata.labels[{Prefix}{mode}]", level, "must be one of privileged, baseline, restricted");
            if (labels.Text($"{Prefix}{mode}-version") is { } version && version != "latest" && !VersionPattern().IsMatch(version))
                errors.Invalid($"metadata.labels[{Prefix}{mode}-version]", version, "must be \"latest\" or \"v1.x\"");
        }

        if (errors.All.Count > 0)
            throw ApiException.Invalid("", "Namespace", request.Name, errors.All);
        if (request.Operation != "UPDATE" || labels.Text(Prefix + "enforce") is not { } enforced || request.Old.Text("metadata", "labels", Prefix + "enforce") == enforced)
            return;
        var map = labels.ToDictionary(l => l.Key, l => (string?)l.Value ?? "");
        var refused = caches["pods"].List(request.Name).Select(p => p.Parse())
            .Where(p => Violations(map, "enforce", p.Child("metadata"), p.Child("spec")!, out _).Count > 0).Select(p => p.Text("metadata", "name")).ToList();
        if (refused.Count > 0)
            request.Options.Warnings.Add($"existing pods in namespace \"{request.Name}\" violate the new PodSecurity enforce level \"{enforced}:latest\": {string.Join(", ", refused)}");
    }

    private static (JsonObject? Metadata, JsonObject? Spec) PodOf(AdmissionRequest request)
    {
        if (request.Resource.Kind == "Pod")
        {
            // What a running pod may still change is no matter of security.
            var changed = request.Old is null || !JsonNode.DeepEquals(request.Old["spec"], request.Object["spec"]);
            return changed ? (request.Object.Child("metadata"), request.Object.Child("spec")) : (null, null);
        }

        var template = request.Resource.Kind == "CronJob" ? request.Object.Child("spec", "jobTemplate", "spec", "template") : request.Object.Child("spec", "template");
        return request.Resource.IsCustom ? (null, null) : (template.Child("metadata"), template.Child("spec"));
    }

    private static IReadOnlyList<string> Violations(
        IReadOnlyDictionary<string, string> labels, string mode, JsonObject? metadata, JsonObject spec, out string level)
    {
        var name = labels.GetValueOrDefault(Prefix + mode, "privileged");
        level = $"{name}:{labels.GetValueOrDefault($"{Prefix}{mode}-version", "latest")}";
        return name switch
        {
            "restricted" => [.. PodSecurityStandards.Baseline(metadata, spec), .. PodSecurityStandards.Restricted(spec)],
            "baseline" => [.. PodSecurityStandards.Baseline(metadata, spec)],
            _ => [],
        };
    }

    [GeneratedRegex(@"\Av1\.\d{1,3}\z")]
    private static partial Regex VersionPattern();
}
