using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Batch;

internal sealed class Jobs() : Resource("batch", "v1", "Job", "jobs", typeof(V1Job))
{
    private static readonly string[] Finals = ["Complete", "Failed"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Status", (o, _) => Status(o)),
        new("Completions", (o, _) => Completions(o)),
        new("Duration", (o, now) => o.Text("status", "startTime") is not { } start ? "" : TableColumn.Since(start, End(o) ?? now)),
        TableColumn.Age,
        .. PodTemplate.Columns,
    ];

    public override void Default(JsonObject value)
    {
        PodTemplate.Default(value);
        ApplyDefaults(value.Ensure("spec"));
    }

    /// <summary>The defaults of a Job's specification, for the template in a CronJob too.</summary>
    public static void ApplyDefaults(JsonObject spec)
    {
        if (spec["completions"] is null && spec["parallelism"] is null)
            spec["completions"] = 1;
        spec.Default("parallelism", 1);
        spec.Default("backoffLimit", spec["backoffLimitPerIndex"] is null ? 6 : int.MaxValue);
        spec.Default("completionMode", "NonIndexed");
        spec.Default("suspend", false);
        spec.Default("manualSelector", false);
        spec.Default("podReplacementPolicy", spec["podFailurePolicy"] is null ? "TerminatingOrFailed" : "Failed");
        foreach (var condition in spec.Items("podFailurePolicy", "rules").SelectMany(r => r.Items("onPodConditions")))
            condition.Default("status", "True");
    }

    public override void PrepareForCreate(JsonObject value)
    {
        value["status"] = new JsonObject();
        var spec = value.Ensure("spec");
        if (spec.Flag("manualSelector"))
            return;
        var (uid, name) = (value.Text("metadata", "uid")!, value.Text("metadata", "name") ?? "");
        var labels = spec.Ensure("template").Ensure("metadata").Ensure("labels");
        foreach (var (key, text) in new[] { ("controller-uid", uid), ("job-name", name) })
        {
            labels[key] = text;
            labels["batch.kubernetes.io/" + key] = text;
        }

        spec.Ensure("selector").Ensure("matchLabels")["batch.kubernetes.io/controller-uid"] = uid;
    }

    public override void Validate(JsonObject value, FieldErrors errors) => JobValidation.Check(value.Child("spec") ?? [], "spec", errors);

    public override void ValidateUpdate(JsonObject value, JsonObject old, FieldErrors errors)
    {
        foreach (var field in new[] { "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "maxFailedIndexes", "successPolicy", "managedBy", "selector" })
            Immutable(field);
        if (value.Text("spec", "completionMode") != "Indexed")
            Immutable("completions");

        // While it is suspended and not started, the scheduling of its pods may still be decided.
        var mutable = old.Flag("spec", "suspend") && old.Text("status", "startTime") is null;
        if (!JsonNode.DeepEquals(Template(value, mutable), Template(old, mutable)))
            errors.Invalid("spec.template", value.At("spec", "template")?.DeepClone(), "field is immutable");

        void Immutable(string field)
        {
            if (!JsonNode.DeepEquals(value.At("spec", field), old.At("spec", field)))
                errors.Invalid($"spec.{field}", value.At("spec", field)?.DeepClone(), "field is immutable");
        }
    }

    public override IReadOnlyDictionary<string, string> SelectableFields(JsonObject value) => new Dictionary<string, string>
    {
        ["status.successful"] = (value.Number("status", "succeeded") ?? 0).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static JsonObject? Template(JsonObject value, bool mutable)
    {
        var template = value.Child("spec", "template")?.Copy();
        if (!mutable || template is null)
            return template;
        template.Remove("metadata");
        foreach (var field in new[] { "nodeSelector", "affinity", "tolerations", "schedulingGates" })
            template.Child("spec")?.Remove(field);
        return template;
    }

    private static string Status(JsonObject value)
    {
        var conditions = value.Items("status", "conditions").Where(c => c.Text("status") == "True").Select(c => c.Text("type")!).ToHashSet();
        foreach (var final in Finals)
            if (conditions.Contains(final))
                return final;
        if (value.Text("metadata", "deletionTimestamp") is not null)
            return "Terminating";
        return new[] { "Suspended", "FailureTarget", "SuccessCriteriaMet" }.FirstOrDefault(conditions.Contains) ?? "Running";
    }

    private static string Completions(JsonObject value)
    {
        var succeeded = value.Number("status", "succeeded") ?? 0;
        if (value.Number("spec", "completions") is { } completions)
            return $"{succeeded}/{completions}";
        return value.Number("spec", "parallelism") is > 1 and var parallelism ? $"{succeeded}/1 of {parallelism}" : $"{succeeded}/1";
    }

    private static DateTimeOffset? End(JsonObject value) =>
        value.Text("status", "completionTime") is { } text ? DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : null;
}
