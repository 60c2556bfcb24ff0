using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Resources.Core;

/// <summary>The template of pods in a workload, and its selector.</summary>
internal static class PodTemplate
{
    public static void Default(JsonObject workload)
    {
        if (workload.Child("spec", "template") is { } template)
            PodSpecDefaults.Apply(template.Ensure("spec"));
    }

    /// <summary>Checks the selector against the template's labels, and the template itself.</summary>
    public static void Check(JsonObject workload, FieldErrors errors, string kind = "deployment")
    {
        var spec = workload.Child("spec");
        var selector = spec.Child("selector");
        if (selector is null)
        {
            errors.Required("spec.selector");
        }
        else if (selector.Count == 0)
        {
            errors.Invalid("spec.selector", selector.DeepClone(), $"empty selector is invalid for {kind}");
        }
        else
        {
            var labels = (spec.Child("template", "metadata", "labels") ?? []).ToDictionary(l => l.Key, l => (string?)l.Value ?? "");
            if (!LabelSelector.FromObject(selector).Matches(labels))
                errors.Invalid(
                    "spec.template.metadata.labels",
                    spec.At("template", "metadata", "labels")?.DeepClone(),
                    "`selector` does not match template `labels`");
        }

        if (spec.Child("template", "spec") is { } podSpec)
        {
            PodSpecValidation.Check(podSpec, "spec.template.spec", errors);
            if (podSpec.Text("restartPolicy") is { } policy and not "Always")
                errors.NotSupported("spec.template.spec.restartPolicy", policy, "Always");
        }
        else
        {
            errors.Required("spec.template.spec");
        }
    }

    public static void CheckSelectorUnchanged(JsonObject value, JsonObject old, FieldErrors errors)
    {
        if (!JsonNode.DeepEquals(value.At("spec", "selector"), old.At("spec", "selector")))
            errors.Invalid("spec.selector", value.At("spec", "selector")?.DeepClone(), "field is immutable");
    }

    public static string Containers(JsonObject o) => string.Join(',', o.Items("spec", "template", "spec", "containers").Select(c => c.Text("name")));

    public static string Images(JsonObject o) => string.Join(',', o.Items("spec", "template", "spec", "containers").Select(c => c.Text("image")));

    public static string Selector(JsonObject o) => o.Child("spec", "selector") is { } s ? LabelSelector.FromObject(s).ToString() : "";

    /// <summary>The wide columns that all workloads share.</summary>
    public static readonly IReadOnlyList<TableColumn> Columns =
    [
        TableColumn.Text("Containers", Containers, 1), TableColumn.Text("Images", Images, 1), TableColumn.Text("Selector", Selector, 1),
    ];
}
