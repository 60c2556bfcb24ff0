using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The rules of a ResourceQuota's specification.</summary>
internal static class ResourceQuotaValidation
{
    private static readonly string[] Computed =
    [
        "cpu", "memory", "ephemeral-storage", "requests.cpu", "requests.memory", "requests.ephemeral-storage", "limits.cpu", "limits.memory",
        "limits.ephemeral-storage",
    ];

    private static readonly string[] Counts =
    [
        "pods", "resourcequotas", "services", "replicationcontrollers", "secrets", "configmaps", "persistentvolumeclaims", "services.nodeports",
        "services.loadbalancers",
    ];

    private static readonly string[][] Conflicts = [["BestEffort", "NotBestEffort"], ["Terminating", "NotTerminating"]];

    private static readonly string[] Scopes =
        ["BestEffort", "CrossNamespacePodAffinity", "NotBestEffort", "NotTerminating", "PriorityClass", "Terminating"];

    public static void Check(JsonObject spec, FieldErrors errors)
    {
        foreach (var (name, value) in spec.Child("hard") ?? [])
            Hard(name, value, errors);
        var hard = (spec.Child("hard") ?? []).Select(h => h.Key).ToList();
        CheckScopes([.. spec.Texts("scopes")], hard, "spec.scopes", spec["scopes"], errors);
        var expressions = spec.Items("scopeSelector", "matchExpressions").ToList();
        CheckScopes(
            [.. expressions.Select(e => e.Text("scopeName") ?? "")], hard, "spec.scopeSelector.matchExpressions.scopeName", spec.At("scopeSelector", "matchExpressions"), errors);
        foreach (var expression in expressions)
            Expression(expression, errors);
    }

    private static void Hard(string name, JsonNode? value, FieldErrors errors)
    {
        var at = $"spec.hard[{name}]";
        var standard = name.Contains('/') || Computed.Contains(name) || Counts.Contains(name) || name == "requests.storage"
            || name.StartsWith("hugepages-", StringComparison.Ordinal) || name.StartsWith("requests.hugepages-", StringComparison.Ordinal);
        if (!standard)
            errors.Invalid(at, name, "must be a standard resource for quota");
        if (Quantity.Parse(value) is not { } amount)
            errors.Invalid(at, value?.DeepClone(), "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'");
        else if (amount < 0)
            errors.Invalid(at, Amount.Parse(value).ToString(), "must be greater than or equal to 0");
        else if (Counts.Contains(name) && amount != Math.Floor(amount))
            errors.Invalid(at, Amount.Parse(value).ToString(), "must be an integer");
    }

    private static void CheckScopes(List<string> scopes, List<string> hard, string at, JsonNode? value, FieldErrors errors)
    {
        foreach (var scope in scopes)
            if (!Scopes.Contains(scope))
                errors.Invalid(at, value?.DeepClone(), "unsupported scope");
            else if (hard.Any(h => !Fits(scope, h)))
                errors.Invalid(at, value?.DeepClone(), "unsupported scope applied to resource");
        if (Conflicts.Any(c => c.All(scopes.Contains)))
            errors.Invalid(at, value?.DeepClone(), "conflicting scopes");
    }

    private static bool Fits(string scope, string name) => name is "pods" or "count/pods" || (scope != "BestEffort" && Computed.Contains(name));

    private static void Expression(JsonObject expression, FieldErrors errors)
    {
        const string At = "spec.scopeSelector.matchExpressions";
        var values = expression.Texts("values").Any();
        switch (expression.Text("operator"))
        {
            case "In" or "NotIn" when !values:
                errors.Required($"{At}.values", "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector");
                break;
            case "In" or "NotIn" when expression.Text("scopeName") != "PriorityClass":
                errors.Invalid($"{At}.operator", expression.Text("operator"), "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity");
                break;
            case "Exists" or "DoesNotExist" when values:
                errors.Invalid($"{At}.values", expression.At("values")?.DeepClone(), "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector");
                break;
            case "In" or "NotIn" or "Exists" or "DoesNotExist":
                break;
            default:
                errors.Invalid($"{At}.operator", expression.At("operator")?.DeepClone() ?? "", "not a valid selector operator");
                break;
        }
    }
}
