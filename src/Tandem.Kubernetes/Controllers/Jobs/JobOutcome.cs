using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>Whether a Job is decided, with the reason and the message of its condition. Pure.</summary>
internal sealed record JobOutcome(bool Succeeded, string Reason, string Message)
{
    public static JobOutcome? Failure(V1Job job, V1JobStatus status, JobCounts counts, IReadOnlyList<V1Pod> active, DateTime now)
    {
        var spec = job.Spec;
        if (counts.RuleMessage is { } message)
            return new(false, "PodFailurePolicy", message);
        if (counts.Failed > (spec.BackoffLimit ?? 6) || RestartsExceed(job, active))
            return new(false, "BackoffLimitExceeded", "Job has reached the specified backoff limit");
        if (spec.Suspend != true && spec.ActiveDeadlineSeconds is { } seconds && status.StartTime is { } start && start.AddSeconds(seconds) <= now)
            return new(false, "DeadlineExceeded", "Job was active longer than specified deadline");
        if (spec.MaxFailedIndexes is { } max && counts.FailedIndexes.Count > max)
            return new(false, "MaxFailedIndexesExceeded", "Job has exceeded the specified maximal number of failed indexes");
        return counts.FailedIndexes.Count > 0 && active.Count == 0 && counts.FailedIndexes.Count + counts.Completed.Count >= spec.Completions
            ? new(false, "FailedIndexes", "Job has failed indexes")
            : null;
    }

    public static JobOutcome? Success(V1Job job, JobCounts counts, IReadOnlyList<V1Pod> active)
    {
        foreach (var (number, rule) in (job.Spec.SuccessPolicy?.Rules ?? []).Index())
        {
            var wanted = rule.SucceededIndexes is null ? null : JobIndexes.Parse(rule.SucceededIndexes, job.Spec.Completions ?? 0);
            var reached = wanted is null ? counts.Completed.Count : wanted.Count(counts.Completed.Contains);
            if (reached >= (rule.SucceededCount ?? wanted?.Count ?? int.MaxValue))
                return new(true, "SuccessPolicy", $"Matched rules at index {number}");
        }

        var done = job.Spec.Completions is { } completions ? counts.Succeeded >= completions : counts.Succeeded > 0;
        return done && active.Count == 0 ? new(true, "CompletionsReached", "Reached expected number of succeeded pods") : null;
    }

    /// <summary>Restarts in place count as failures do.</summary>
    private static bool RestartsExceed(V1Job job, IReadOnlyList<V1Pod> active)
    {
        if (job.Spec.Template.Spec.RestartPolicy != "OnFailure")
            return false;
        var restarts = active.SelectMany(p => (p.Status?.ContainerStatuses ?? []).Concat(p.Status?.InitContainerStatuses ?? [])).Sum(c => c.RestartCount);
        return restarts > 0 && restarts >= (job.Spec.BackoffLimit ?? 6);
    }
}
