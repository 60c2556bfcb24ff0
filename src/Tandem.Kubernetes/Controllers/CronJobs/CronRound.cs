using k8s;
using k8s.Models;
using Tandem.Kubernetes.Controllers.Jobs;
using Tandem.Kubernetes.Resources.Batch;

namespace Tandem.Kubernetes.Controllers.CronJobs;

/// <summary>Something that people are told about a CronJob.</summary>
internal sealed record CronEvent(string Type, string Reason, string Message);

/// <summary>What one look at a CronJob leads to.</summary>
/// <param name="Status">To be stored last; a Job that is started is to be added.</param>
/// <param name="Events">To be recorded.</param>
/// <param name="Delete">Jobs that have to go first: replaced ones, and history beyond its limit.</param>
/// <param name="Start">The scheduled time of the Job to start; null for none.</param>
/// <param name="Again">When to look again though nothing changed; null for never.</param>
internal sealed record CronPlan(
    V1CronJobStatus Status, IReadOnlyList<CronEvent> Events, IReadOnlyList<V1Job> Delete, DateTimeOffset? Start, TimeSpan? Again);

/// <summary>Decides what a CronJob needs next. Pure.</summary>
internal static class CronRound
{
    private const int ManyMissed = 100;

    /// <summary>So that the look comes after the minute has turned.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMilliseconds(100);

    /// <summary>Corrections of the clock that are smaller are sat out.</summary>
    private static readonly TimeSpan ClockStep = TimeSpan.FromMinutes(1);

    /// <param name="cron">As it is stored.</param>
    /// <param name="jobs">The Jobs that it controls.</param>
    /// <param name="now">The time.</param>
    public static CronPlan Next(V1CronJob cron, IReadOnlyList<V1Job> jobs, DateTimeOffset now)
    {
        var status = KubernetesJson.Deserialize<V1CronJobStatus>(KubernetesJson.Serialize(cron.Status ?? new V1CronJobStatus()));
        status.Active ??= [];
        List<CronEvent> events = [];
        Look(status, jobs, events);
        var delete = History(jobs, "Complete", cron.Spec.SuccessfulJobsHistoryLimit).Concat(History(jobs, "Failed", cron.Spec.FailedJobsHistoryLimit)).ToList();
        if (cron.Metadata.DeletionTimestamp is not null || cron.Spec.Suspend == true)
            return new CronPlan(status, events, delete, null, null);

        // Were it waited until a time of the future has come again, the CronJob would be silent for as long as the clock was set back.
        if ((status.LastScheduleTime ?? cron.Metadata.CreationTimestamp!.Value) > now.UtcDateTime + ClockStep)
            status.LastScheduleTime = now.UtcDateTime;
        var zone = Zone(cron);
        var schedule = CronSchedule.Parse(cron.Spec.Schedule);
        var start = Due(cron, status, schedule, zone, now, events);
        if (start is not null && cron.Spec.ConcurrencyPolicy == "Forbid" && status.Active.Count > 0)
        {
            events.Add(new("Normal", "JobAlreadyActive", "Not starting job because prior execution is running and concurrency policy is Forbid"));
            start = null;
        }

        if (start is not null && cron.Spec.ConcurrencyPolicy == "Replace")
        {
            delete.AddRange(jobs.Where(j => status.Active.Any(a => a.Uid == j.Metadata.Uid)));
            status.Active = [];
        }

        return new CronPlan(status, events, delete, start, schedule.Next(now, zone) is { } next ? next - now + Slack : null);
    }

    /// <summary>UTC unless it says otherwise.</summary>
    public static TimeZoneInfo Zone(V1CronJob cron) => cron.Spec.TimeZone is null ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(cron.Spec.TimeZone);

    /// <summary>The last scheduled time that has not been served; null for none.</summary>
    private static DateTimeOffset? Due(V1CronJob cron, V1CronJobStatus status, CronSchedule schedule, TimeZoneInfo zone, DateTimeOffset now, List<CronEvent> events)
    {
        DateTimeOffset earliest = status.LastScheduleTime ?? cron.Metadata.CreationTimestamp!.Value;
        if (schedule.Last(earliest, now, zone) is not { } last)
            return null;
        if (cron.Spec.StartingDeadlineSeconds is { } seconds)
        {
            if (last.AddSeconds(seconds) < now)
            {
                events.Add(new(
                    "Warning", "MissSchedule", $"Missed scheduled time to start a job: {last.UtcDateTime.ToString("ddd, dd MMM yyyy HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} +0000"));
                return null;
            }

            earliest = earliest > now.AddSeconds(-seconds) ? earliest : now.AddSeconds(-seconds);
        }

        if (schedule.Next(earliest, zone) is { } first && schedule.Next(first, zone) is { } second && (now - first) / (second - first) + 1 > ManyMissed)
            events.Add(new("Warning", "TooManyMissedTimes", "too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew"));
        return last;
    }

    /// <summary>Notes which Jobs have ended, and which have gone.</summary>
    private static void Look(V1CronJobStatus status, IReadOnlyList<V1Job> jobs, List<CronEvent> events)
    {
        foreach (var job in jobs)
        {
            var known = status.Active.FirstOrDefault(a => a.Uid == job.Metadata.Uid);
            if (JobRound.End(job) is not { } end)
            {
                if (known is null)
                    events.Add(new("Warning", "UnexpectedJob", $"Saw a job that the controller did not create or forgot: {job.Metadata.Name}"));
                continue;
            }

            if (known is not null)
            {
                status.Active.Remove(known);
                events.Add(new("Normal", "SawCompletedJob", $"Saw completed job: {job.Metadata.Name}, condition: {end.Type}"));
            }

            if (end.Type == "Complete" && job.Status.CompletionTime is { } at && !(status.LastSuccessfulTime >= at))
                status.LastSuccessfulTime = at;
        }

        foreach (var missing in status.Active.Where(a => jobs.All(j => j.Metadata.Uid != a.Uid)).ToList())
        {
            status.Active.Remove(missing);
            events.Add(new("Normal", "MissingJob", $"Active job went missing: {missing.Name}"));
        }
    }

    private static IEnumerable<V1Job> History(IEnumerable<V1Job> jobs, string end, int? limit) =>
        limit is not { } most ? [] : jobs.Where(j => JobRound.End(j)?.Type == end && j.Metadata.DeletionTimestamp is null)
            .OrderByDescending(j => j.Status.StartTime ?? DateTime.MaxValue).ThenByDescending(j => j.Metadata.Name, StringComparer.Ordinal)
            .Skip(most);
}
