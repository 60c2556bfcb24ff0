using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>How many pods, and for which indexes, a Job that goes on has too many or too few. Pure.</summary>
internal static class JobScale
{
    /// <summary>At most so many creations in one round, as the real one.</summary>
    private const int Burst = 500;

    public static (List<V1Pod> Delete, List<(int? Index, int Failures)> Create, TimeSpan? Again) Next(
        V1Job job, JobCounts counts, IReadOnlyList<V1Pod> pods, IReadOnlyList<V1Pod> active, DateTime now)
    {
        var parallelism = job.Spec.Parallelism ?? 1;
        var wanted = job.Spec.Completions is { } completions
            ? Math.Min(parallelism, completions - counts.Succeeded - counts.FailedIndexes.Count)
            : counts.Succeeded > 0 ? active.Count : parallelism;
        wanted = Math.Max(0, wanted);
        if (active.Count > wanted)
            return ([.. active.OrderBy(p => p.IsReady()).ThenByDescending(p => p.Metadata.CreationTimestamp).Take(active.Count - wanted)], [], null);

        // Where the Job waits for the end of pods that are being deleted, they still hold their place.
        var ending = pods.Where(p => p.Metadata.DeletionTimestamp is not null && p.Status?.Phase is not ("Succeeded" or "Failed") && !JobPods.IsFailed(job, p)).ToList();
        var missing = Math.Min(Burst, wanted - active.Count - ending.Count);
        if (missing <= 0)
            return ([], [], null);
        if (job.Spec.CompletionMode != "Indexed")
        {
            var wait = JobBackOff.Remaining(Ends(job, pods, now), now);
            return wait > TimeSpan.Zero ? ([], [], wait) : ([], [.. Enumerable.Repeat<(int?, int)>((null, 0), missing)], null);
        }

        var taken = active.Concat(ending).Select(JobPods.IndexOf).Concat(counts.Completed).Concat(counts.FailedIndexes).ToHashSet();
        var create = new List<(int?, int)>();
        TimeSpan? again = null;
        foreach (var index in Enumerable.Range(0, job.Spec.Completions ?? 0).Where(i => !taken.Contains(i)))
        {
            if (create.Count == missing)
                break;
            var earlier = job.Spec.BackoffLimitPerIndex is null ? pods : [.. pods.Where(p => JobPods.IndexOf(p) == index)];
            var wait = JobBackOff.Remaining(Ends(job, earlier, now), now);
            if (wait > TimeSpan.Zero)
                again = again is { } other && other < wait ? other : wait;
            else
                create.Add((index, pods.Where(p => JobPods.IndexOf(p) == index && JobPods.IsFailed(job, p)).Select(p => JobPods.FailuresBefore(p) + 1).DefaultIfEmpty(0).Max()));
        }

        return ([], create, again);
    }

    private static IEnumerable<(DateTime At, bool Succeeded)> Ends(V1Job job, IEnumerable<V1Pod> pods, DateTime now) =>
        pods.Where(p => p.Status?.Phase == "Succeeded" || (p.Status?.Phase == "Failed" && FailureRules.Decide(job.Spec.PodFailurePolicy, p).Action != "Ignore"))
            .Select(p => (JobPods.FinishedAt(p, now), p.Status.Phase == "Succeeded"));
}
