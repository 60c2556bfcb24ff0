using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>What one look at a Job leads to.</summary>
/// <param name="Status">To be stored first: it notes whom <paramref name="Release"/> is about.</param>
/// <param name="Release">Pods that are noted, whose finalizer can go.</param>
/// <param name="Delete">Pods that are too many.</param>
/// <param name="Create">Pods that are missing: their index, null where the Job has none, and how often that index failed.</param>
/// <param name="Again">When to look again though nothing changed; null for never.</param>
internal sealed record JobPlan(
    V1JobStatus Status, IReadOnlyList<V1Pod> Release, IReadOnlyList<V1Pod> Delete, IReadOnlyList<(int? Index, int Failures)> Create, TimeSpan? Again);

/// <summary>
/// Decides what a Job needs next. Pure. Each ended pod is counted exactly once, whenever the process dies: first its UID is
/// noted in the status, then its finalizer is removed, then the note becomes a number (KEP-2307).
/// </summary>
internal static class JobRound
{
    public static JobPlan Next(V1Job job, IReadOnlyList<V1Pod> pods, DateTime now)
    {
        var status = KubernetesJson.Deserialize<V1JobStatus>(KubernetesJson.Serialize(job.Status ?? new V1JobStatus()));
        var counts = new JobCounts(job, status, pods);
        var active = pods.Where(p => p.IsActive()).ToList();
        var terminating = pods.Count(p => p.Metadata.DeletionTimestamp is not null && p.Status?.Phase is not ("Succeeded" or "Failed"));
        var suspended = job.Spec.Suspend == true;
        status.Conditions ??= [];
        if (!suspended)
            status.StartTime ??= now;

        var target = Find(status, "FailureTarget") ?? Find(status, "SuccessCriteriaMet");
        if (target is null && (JobOutcome.Failure(job, status, counts, active, now) ?? JobOutcome.Success(job, counts, active)) is { } outcome)
            status.Conditions.Add(target = Condition(outcome.Succeeded ? "SuccessCriteriaMet" : "FailureTarget", outcome.Reason, outcome.Message, now));

        TimeSpan? again = null;
        List<V1Pod> delete = [];
        List<(int?, int)> create = [];
        if (target is not null || suspended)
        {
            delete = active;
        }
        else
        {
            (delete, create, again) = JobScale.Next(job, counts, pods, active, now);
            if (job.Spec.ActiveDeadlineSeconds is { } seconds)
                again = Sooner(again, status.StartTime!.Value.AddSeconds(seconds) - now);
        }

        if (target is null)
            Suspend(status, suspended, now);
        counts.WriteTo(status);
        status.Active = active.Count == 0 ? null : active.Count;
        status.Ready = active.Count(p => p.IsReady());
        status.Terminating = terminating;
        if (target is not null && active.Count == 0 && terminating == 0 && counts.AreFinal)
        {
            var complete = target.Type == "SuccessCriteriaMet";
            status.Conditions.Add(Condition(complete ? "Complete" : "Failed", target.Reason, target.Message, now));
            status.CompletionTime = complete ? now : null;
        }

        if (status.Conditions.Count == 0)
            status.Conditions = null;
        return new JobPlan(status, counts.Release, delete, create, again);
    }

    /// <summary>The condition that ended the Job; null while it has not ended.</summary>
    public static V1JobCondition? End(V1Job job) => Find(job.Status, "Complete") ?? Find(job.Status, "Failed");

    private static V1JobCondition? Find(V1JobStatus? status, string type) => status?.Conditions?.FirstOrDefault(c => c.Type == type && c.Status == "True");

    private static void Suspend(V1JobStatus status, bool suspended, DateTime now)
    {
        var known = status.Conditions.FirstOrDefault(c => c.Type == "Suspended");
        if (known?.Status == (suspended ? "True" : "False") || (known is null && !suspended))
            return;
        if (known is not null)
            status.Conditions.Remove(known);
        var condition = Condition("Suspended", suspended ? "JobSuspended" : "JobResumed", suspended ? "Job suspended" : "Job resumed", now);
        condition.Status = suspended ? "True" : "False";
        status.Conditions.Add(condition);
        if (!suspended)
            status.StartTime = now;
    }

    private static V1JobCondition Condition(string type, string reason, string message, DateTime now) =>
        new() { Type = type, Status = "True", Reason = reason, Message = message, LastProbeTime = now, LastTransitionTime = now };

    private static TimeSpan Sooner(TimeSpan? a, TimeSpan b) => a is { } other && other < b ? other : b;
}
