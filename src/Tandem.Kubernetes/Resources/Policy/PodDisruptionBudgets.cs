using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Policy;

/// <summary>How many of some pods may be disrupted at a time. See https://kubernetes.io/docs/tasks/run-application/configure-pdb/.</summary>
internal sealed partial class PodDisruptionBudgets()
    : Resource("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets", typeof(V1PodDisruptionBudget))
{
    private static readonly string[] Amounts = ["minAvailable", "maxUnavailable"];
    private static readonly string[] EvictionPolicies = ["AlwaysAllow", "IfHealthyBudget"];

    public override IReadOnlyList<string> ShortNames => ["pdb"];

    public override bool HasStatus => true;

    public override bool AllowsUnconditionalUpdate => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Min Available", (o, _) => Amount(o, "minAvailable")),
        new("Max Unavailable", (o, _) => Amount(o, "maxUnavailable")),
        TableColumn.Integer("Allowed Disruptions", "status", "disruptionsAllowed"),
        TableColumn.Age,
    ];

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject
    {
        ["disruptionsAllowed"] = 0, ["currentHealthy"] = 0, ["desiredHealthy"] = 0, ["expectedPods"] = 0,
    };

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        var spec = value.Child("spec") ?? [];
        if (Amounts.All(a => spec[a] is not null))
            errors.Invalid("spec", spec.DeepClone(), "minAvailable and maxUnavailable cannot be both set");
        foreach (var name in Amounts)
            if (spec[name] is { } amount)
                CheckAmount(amount, $"spec.{name}", errors);
        if (spec.Text("unhealthyPodEvictionPolicy") is { } policy && !EvictionPolicies.Contains(policy))
            errors.NotSupported("spec.unhealthyPodEvictionPolicy", policy, EvictionPolicies);
        LabelSelectorValidation.Check(spec.Child("selector"), "spec.selector", errors);
    }

    private static void CheckAmount(JsonNode amount, string at, FieldErrors errors)
    {
        if (amount.GetValueKind() == JsonValueKind.Number)
        {
            if (amount.Number() is null or < 0)
                errors.Invalid(at, amount.DeepClone(), "must be greater than or equal to 0");
        }
        else if (!Percent().IsMatch((string)amount!))
        {
            errors.Invalid(at, amount.DeepClone(), "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')");
        }
        else if (!int.TryParse(((string)amount!)[..^1], out var percent) || percent > 100)
        {
            errors.Invalid(at, amount.DeepClone(), "must not be greater than 100%");
        }
    }

    private static string Amount(JsonObject value, string name) => value.At("spec", name)?.ToString() ?? "N/A";

    [GeneratedRegex(@"\A[0-9]+%\z")]
    private static partial Regex Percent();
}
