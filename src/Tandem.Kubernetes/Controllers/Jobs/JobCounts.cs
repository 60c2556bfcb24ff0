using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Jobs;

/// <summary>The ended pods of a Job: those counted, those noted, and those found just now.</summary>
internal sealed class JobCounts
{
    private readonly bool _indexed;
    private readonly List<string> _notedSucceeded;
    private readonly List<string> _notedFailed;
    private int _succeeded;
    private int _failed;

    public JobCounts(V1Job job, V1JobStatus status, IReadOnlyList<V1Pod> pods)
    {
        _indexed = job.Spec.CompletionMode == "Indexed";
        var completions = job.Spec.Completions ?? 0;
        Completed = JobIndexes.Parse(status.CompletedIndexes, completions);
        FailedIndexes = JobIndexes.Parse(status.FailedIndexes, completions);

        // Noted, and released since: now it is a number.
        var tracked = pods.Where(JobPods.IsTracked).ToDictionary(p => p.Metadata.Uid);
        var noted = status.UncountedTerminatedPods;
        _notedSucceeded = [.. (noted?.Succeeded ?? []).Where(tracked.ContainsKey)];
        _notedFailed = [.. (noted?.Failed ?? []).Where(tracked.ContainsKey)];
        _succeeded = (status.Succeeded ?? 0) + (noted?.Succeeded?.Count ?? 0) - _notedSucceeded.Count;
        _failed = (status.Failed ?? 0) + (noted?.Failed?.Count ?? 0) - _notedFailed.Count;
        foreach (var pod in tracked.Values)
            Note(job, pod, completions);
    }

    /// <summary>Indexes that have succeeded.</summary>
    public SortedSet<int> Completed { get; }

    /// <summary>Indexes that are given up.</summary>
    public SortedSet<int> FailedIndexes { get; }

    /// <summary>What a rule said that fails the whole Job; null for none.</summary>
    public string? RuleMessage { get; private set; }

    public List<V1Pod> Release { get; } = [];

    public int Succeeded => _indexed ? Completed.Count : _succeeded + _notedSucceeded.Count;

    public int Failed => _failed + _notedFailed.Count;

    /// <summary>Whether nothing is left to be counted.</summary>
    public bool AreFinal => _notedSucceeded.Count == 0 && _notedFailed.Count == 0 && Release.Count == 0;

    public void WriteTo(V1JobStatus status)
    {
        var succeeded = _indexed ? Completed.Count : _succeeded;
        status.Succeeded = succeeded == 0 ? null : succeeded;
        status.Failed = _failed == 0 ? null : _failed;
        status.CompletedIndexes = JobIndexes.Format(Completed);
        status.FailedIndexes = JobIndexes.Format(FailedIndexes);
        status.UncountedTerminatedPods = new V1UncountedTerminatedPods
        {
            Succeeded = _notedSucceeded.Count == 0 ? null : _notedSucceeded, Failed = _notedFailed.Count == 0 ? null : _notedFailed,
        };
    }

    private void Note(V1Job job, V1Pod pod, int completions)
    {
        var uid = pod.Metadata.Uid;
        var index = JobPods.IndexOf(pod);
        if (pod.Status?.Phase == "Succeeded")
        {
            Release.Add(pod);
            if (!_indexed && !_notedSucceeded.Contains(uid))
                _notedSucceeded.Add(uid);
            else if (_indexed && index >= 0 && index < completions)
                Completed.Add(index);
            return;
        }

        if (!JobPods.IsFailed(job, pod))
            return;
        Release.Add(pod);
        if (_notedFailed.Contains(uid))
            return;
        var (action, message) = pod.Status?.Phase == "Failed" ? FailureRules.Decide(job.Spec.PodFailurePolicy, pod) : ("Count", null);
        if (action == "Ignore")
            return;
        _notedFailed.Add(uid);
        if (action == "FailJob")
            RuleMessage ??= message;
        else if (job.Spec.BackoffLimitPerIndex is { } limit && index >= 0 && !Completed.Contains(index) && (action == "FailIndex" || JobPods.FailuresBefore(pod) >= limit))
            FailedIndexes.Add(index);
    }
}
