using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>The pods of a target, by what their measurements are worth.</summary>
/// <param name="Ready">How many count in full.</param>
/// <param name="Unready">Those that do not work yet: for scaling up they count as idle.</param>
/// <param name="Missing">Those without a measurement: they dampen the change, in whichever direction.</param>
/// <param name="Ignored">Those that end.</param>
internal sealed record PodGroups(int Ready, IReadOnlySet<string> Unready, IReadOnlySet<string> Missing, IReadOnlySet<string> Ignored)
{
    /// <summary>While so young, a pod's use of processor time counts only when it is ready.</summary>
    private static readonly TimeSpan CpuInitialization = TimeSpan.FromMinutes(5);

    /// <summary>A pod that became unready only within this time of its start has never been ready.</summary>
    private static readonly TimeSpan InitialReadiness = TimeSpan.FromSeconds(30);

    public static PodGroups Of(IEnumerable<V1Pod> pods, IReadOnlyDictionary<string, PodMetric> metrics, string resource, DateTimeOffset now)
    {
        var ready = 0;
        HashSet<string> unready = [], missing = [], ignored = [];
        foreach (var pod in pods)
        {
            var name = pod.Metadata.Name;
            if (pod.Metadata.DeletionTimestamp is not null || pod.Status?.Phase == "Failed")
                ignored.Add(name);
            else if (pod.Status?.Phase == "Pending")
                unready.Add(name);
            else if (!metrics.TryGetValue(name, out var metric))
                missing.Add(name);
            else if (resource == "cpu" && IsUnready(pod, metric, now))
                unready.Add(name);
            else
                ready++;
        }

        return new PodGroups(ready, unready, missing, ignored);
    }

    private static bool IsUnready(V1Pod pod, PodMetric metric, DateTimeOffset now)
    {
        var condition = pod.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");
        if (condition is null || pod.Status?.StartTime is not { } started)
            return true;
        var changed = condition.LastTransitionTime ?? started;
        return WallClock.Since(started, now) < CpuInitialization
            ? condition.Status == "False" || metric.At.UtcDateTime < changed + metric.Window
            : condition.Status == "False" && started + InitialReadiness > changed;
    }
}
