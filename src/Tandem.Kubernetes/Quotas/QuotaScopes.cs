using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Quotas;

/// <summary>Which pods a quota is about. Pure.</summary>
internal static class QuotaScopes
{
    /// <summary>Whether an object is in all scopes of a quota; only pods are in any.</summary>
    public static bool Contain(JsonObject quota, string group, string plural, JsonObject value)
    {
        var scopes = quota.Texts("spec", "scopes").Select(s => new LabelSelector.Requirement(s, "Exists", []))
            .Concat(quota.Items("spec", "scopeSelector", "matchExpressions")
                .Select(e => new LabelSelector.Requirement(e.Text("scopeName") ?? "", e.Text("operator") ?? "", [.. e.Texts("values")])))
            .ToList();
        return scopes.Count == 0 || (group.Length == 0 && plural == "pods" && scopes.All(s => Contains(s, value)));
    }

    private static bool Contains(LabelSelector.Requirement scope, JsonObject pod) => scope.Key switch
    {
        "Terminating" => IsTerminating(pod),
        "NotTerminating" => !IsTerminating(pod),
        "BestEffort" => IsBestEffort(pod),
        "NotBestEffort" => !IsBestEffort(pod),
        "PriorityClass" => scope.Matches(
            pod.Text("spec", "priorityClassName") is { Length: > 0 } name ? new Dictionary<string, string> { ["PriorityClass"] = name } : []),
        "CrossNamespacePodAffinity" => CrossesNamespaces(pod),
        _ => false,
    };

    private static bool IsTerminating(JsonObject pod) => pod.Number("spec", "activeDeadlineSeconds") is >= 0;

    private static bool IsBestEffort(JsonObject pod) => PodQos.Of(pod.Child("spec") ?? []) == "BestEffort";

    private static bool CrossesNamespaces(JsonObject pod) =>
        new[] { "podAffinity", "podAntiAffinity" }.Select(kind => pod.At("spec", "affinity", kind))
            .SelectMany(a => a.Items("requiredDuringSchedulingIgnoredDuringExecution")
                .Concat(a.Items("preferredDuringSchedulingIgnoredDuringExecution").Select(p => p.Child("podAffinityTerm") ?? [])))
            .Any(term => term.Texts("namespaces").Any() || term["namespaceSelector"] is not null);
}
