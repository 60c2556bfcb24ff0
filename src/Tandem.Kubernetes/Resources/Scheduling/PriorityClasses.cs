using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Scheduling;

/// <summary>How much pods matter. See https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/.</summary>
internal sealed class PriorityClasses() : Resource("scheduling.k8s.io", "v1", "PriorityClass", "priorityclasses", typeof(V1PriorityClass))
{
    private const long HighestOfUsers = 1_000_000_000;
    private const string Reserved = "system-";

    private static readonly Dictionary<string, long> SystemClasses = new()
    {
        ["system-cluster-critical"] = 2_000_000_000, ["system-node-critical"] = 2_000_001_000,
    };

    private static readonly string[] Policies = ["Never", "PreemptLowerPriority"];

    public override IReadOnlyList<string> ShortNames => ["pc"];

    public override bool IsNamespaced => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        TableColumn.Integer("Value", "value"),
        new("Global-Default", (o, _) => o.Flag("globalDefault"), "boolean"),
        TableColumn.Age,
        new("PreemptionPolicy", (o, _) => o.Text("preemptionPolicy") ?? ""),
    ];

    public override void Default(JsonObject value) => value.Default("preemptionPolicy", "PreemptLowerPriority");

    public override void PrepareForCreate(JsonObject value) => value["metadata"]!["generation"] = 1;

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        var name = value.Text("metadata", "name") ?? "";
        var number = value.Number("value") ?? 0;
        if (name.StartsWith(Reserved, StringComparison.Ordinal))
        {
            if (SystemRule(name, number, value.Flag("globalDefault")) is { } broken)
                errors.Forbidden("metadata.name", $"priority class names with '{Reserved}' prefix are reserved for system use only. error: {broken}");
        }
        else if (number > HighestOfUsers)
        {
            errors.Forbidden("value", $"maximum allowed value of a user defined priority is {HighestOfUsers}");
        }

        if (value.Text("preemptionPolicy") is { } policy && !Policies.Contains(policy))
            errors.NotSupported("preemptionPolicy", policy, Policies);
    }

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if ((value.Number("value") ?? 0) != (old.Number("value") ?? 0))
            errors.Forbidden("value", "may not be changed in an update.");
        if (value.Text("preemptionPolicy") != old.Text("preemptionPolicy"))
            errors.Invalid("preemptionPolicy", value.Text("preemptionPolicy"), "field is immutable");
    }

    private static string? SystemRule(string name, long value, bool isDefault)
    {
        if (!SystemClasses.TryGetValue(name, out var known))
            return $"{name} is not a known system priority class";
        if (value != known)
            return $"value of {name} PriorityClass must be {known}";
        return isDefault ? $"globalDefault of {name} PriorityClass must be false" : null;
    }
}
