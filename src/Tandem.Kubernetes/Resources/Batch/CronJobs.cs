using System.Text.Json.Nodes;
using k8s.Models;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Resources.Batch;

/// <summary>Jobs that begin by the clock.</summary>
internal sealed class CronJobs() : Resource("batch", "v1", "CronJob", "cronjobs", typeof(V1CronJob))
{
    /// <summary>Jobs get a dash and ten digits more, and their pods must still have names.</summary>
    private const int MaxName = 52;

    private static readonly string[] Policies = ["Allow", "Forbid", "Replace"];
    private static readonly string[] Counts = ["startingDeadlineSeconds", "successfulJobsHistoryLimit", "failedJobsHistoryLimit"];

    public override IReadOnlyList<string> ShortNames => ["cj"];

    public override IReadOnlyList<string> Categories => ["all"];

    public override bool HasStatus => true;

    public override IReadOnlyList<TableColumn> Columns { get; } =
    [
        TableColumn.Name,
        new("Schedule", (o, _) => o.Text("spec", "schedule") ?? ""),
        TableColumn.Text("Timezone", o => o.Text("spec", "timeZone")),
        new("Suspend", (o, _) => o.Flag("spec", "suspend") ? "True" : "False", "boolean"),
        new("Active", (o, _) => o.Items("status", "active").Count(), "integer"),
        new("Last Schedule", (o, now) => o.Text("status", "lastScheduleTime") is { } last ? TableColumn.Since(last, now) : "<none>"),
        TableColumn.Age,
        TableColumn.Text("Containers", o => PodTemplate.Containers(Template(o)), 1),
        TableColumn.Text("Images", o => PodTemplate.Images(Template(o)), 1),
        TableColumn.Text("Selector", o => PodTemplate.Selector(Template(o)), 1),
    ];

    public override void Default(JsonObject value)
    {
        var spec = value.Ensure("spec");
        spec.Default("concurrencyPolicy", "Allow");
        spec.Default("suspend", false);
        spec.Default("successfulJobsHistoryLimit", 3);
        spec.Default("failedJobsHistoryLimit", 1);
        PodTemplate.Default(Template(value));
    }

    public override void PrepareForCreate(JsonObject value) => value["status"] = new JsonObject();

    public override void Validate(JsonObject value, FieldErrors errors)
    {
        if (value.Text("metadata", "name") is { Length: > MaxName } name)
            errors.Invalid("metadata.name", name, $"must be no more than {MaxName} characters");
        var spec = value.Child("spec") ?? [];
        Schedule(spec, errors);
        foreach (var field in Counts)
            if (spec.Number(field) is < 0)
                errors.Invalid($"spec.{field}", spec.At(field)?.DeepClone(), "must be greater than or equal to 0");
        if (spec.Text("concurrencyPolicy") is { } policy && !Policies.Contains(policy))
            errors.NotSupported("spec.concurrencyPolicy", policy, Policies);
        JobValidation.Check(spec.Child("jobTemplate", "spec") ?? [], "spec.jobTemplate.spec", errors);
    }

    private static JsonObject Template(JsonObject value) => value.Child("spec", "jobTemplate") ?? [];

    private static void Schedule(JsonObject spec, FieldErrors errors)
    {
        const string At = "spec.schedule";
        var zone = spec.Text("timeZone");
        if (spec.Text("schedule") is not { Length: > 0 } schedule)
            errors.Required(At);
        else if (schedule.Contains("TZ", StringComparison.Ordinal))
            errors.Invalid(
                At, schedule, zone is null ? "cannot use TZ or CRON_TZ in schedule, use timeZone field instead" : "cannot use both timeZone field and TZ or CRON_TZ in schedule");
        else if (Wrong(schedule) is { } why)
            errors.Invalid(At, schedule, why);

        if (zone is "")
            errors.Invalid("spec.timeZone", zone, "timeZone must be nil or non-empty string");
        else if (string.Equals(zone, "Local", StringComparison.OrdinalIgnoreCase))
            errors.Invalid("spec.timeZone", zone, "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones");
        else if (zone is not null && !TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _))
            errors.Invalid("spec.timeZone", zone, $"unknown time zone {zone}");
    }

    private static string? Wrong(string schedule)
    {
        try
        {
            CronSchedule.Parse(schedule);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
