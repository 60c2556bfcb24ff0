using System.Globalization;
using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Autoscaling;

/// <summary>autoscaling/v2, the version that is stored.</summary>
internal sealed class HorizontalPodAutoscalers()
    : Resource("autoscaling", "v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", typeof(V2HorizontalPodAutoscaler))
{
    /// <summary>The one instance, which the other versions refer to.</summary>
    public static HorizontalPodAutoscalers Stored { get; } = new();

    public override IReadOnlyList<string> ShortNames => ["hpa"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override bool HasGeneration => false;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Reference", (o, _) => $"{o.Text("spec", "scaleTargetRef", "kind")}/{o.Text("spec", "scaleTargetRef", "name")}"),
        new("Targets", (o, _) => MetricTargets.Print(o)),
        new("MinPods", (o, _) => o.Number("spec", "minReplicas")?.ToString(CultureInfo.InvariantCulture) ?? "<unset>"),
        new("MaxPods", (o, _) => o.Number("spec", "maxReplicas") ?? 0),
        new("Replicas", (o, _) => o.Number("status", "currentReplicas") ?? 0),
        TableColumn.Age,
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.Default("minReplicas", 1);
        if (!spec.Items("metrics").Any())
            spec["metrics"] = new JsonArray(new JsonObject
            {
                ["type"] = "Resource",
                ["resource"] = new JsonObject { ["name"] = "cpu", ["target"] = new JsonObject { ["type"] = "Utilization", ["averageUtilization"] = 80 } },
            });
        if (spec.Child("behavior") is not { } behavior)
            return;

        // How fast an autoscaler without this field scales: up to double, and by four at least, each quarter of a minute.
        var up = behavior.Ensure("scaleUp");
        up.Default("stabilizationWindowSeconds", 0);
        up.Default("selectPolicy", "Max");
        up.Default("policies", new JsonArray(Policy("Pods", 4), Policy("Percent", 100)));
        var down = behavior.Ensure("scaleDown");
        down.Default("selectPolicy", "Max");
        down.Default("policies", new JsonArray(Policy("Percent", 100)));
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject { ["currentReplicas"] = 0, ["desiredReplicas"] = 0 };

    public override void Validate(JsonObject value, FieldErrors errors) => AutoscalerValidation.Check(value.Child("spec") ?? [], errors);

    private static JsonObject Policy(string type, int value) => new() { ["type"] = type, ["value"] = value, ["periodSeconds"] = 15 };
}
