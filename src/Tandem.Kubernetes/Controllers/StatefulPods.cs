using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>What a StatefulSet's round consists of; done in order.</summary>
internal abstract record StatefulStep
{
    /// <summary>Create the pod of an ordinal, from the update revision or the current one.</summary>
    internal sealed record Create(int Ordinal, bool Updated) : StatefulStep;

    /// <summary>Delete a pod.</summary>
    internal sealed record Delete(V1Pod Pod) : StatefulStep;
}

/// <summary>
/// Which pods of a StatefulSet are created and deleted next. Pure. See
/// https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#deployment-and-scaling-guarantees.
/// </summary>
internal static class StatefulPods
{
    public const string RevisionLabel = "controller-revision-hash";

    /// <summary>The ordinal in a pod's name, or -1 where it is none of the set's.</summary>
    public static int OrdinalOf(string set, string pod) =>
        pod.StartsWith(set + "-", StringComparison.Ordinal)
        && int.TryParse(pod.AsSpan(set.Length + 1), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var ordinal)
            ? ordinal
            : -1;

    /// <summary>The next steps; empty where there is nothing to do, or something has to be waited for.</summary>
    /// <param name="set">The set.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="updateRevision">The name of the revision of its present template.</param>
    /// <param name="now">The time, in UTC.</param>
    public static IReadOnlyList<StatefulStep> Next(V1StatefulSet set, IEnumerable<V1Pod> pods, string updateRevision, DateTime now)
    {
        var start = set.Spec.Ordinals?.Start ?? 0;
        var replicas = set.Spec.Replicas ?? 1;
        var byOrdinal = pods.Select(p => (Ordinal: OrdinalOf(set.Metadata.Name, p.Metadata.Name), Pod: p)).Where(p => p.Ordinal >= 0).ToDictionary(p => p.Ordinal, p => p.Pod);
        var ordered = set.Spec.PodManagementPolicy != "Parallel";
        var minReady = set.Spec.MinReadySeconds ?? 0;
        bool IsHealthy(V1Pod pod) => pod.IsActive() && pod.Status?.Phase == "Running" && pod.IsAvailable(minReady, now);

        var steps = new List<StatefulStep>();
        for (var ordinal = start; ordinal < start + replicas; ordinal++)
        {
            var pod = byOrdinal.GetValueOrDefault(ordinal);
            if (pod is null)
                steps.Add(new StatefulStep.Create(ordinal, IsUpdated(set, ordinal)));
            else if (pod.Status?.Phase is "Failed" or "Succeeded" && pod.Metadata.DeletionTimestamp is null)
                steps.Add(new StatefulStep.Delete(pod));
            else if (IsHealthy(pod))
                continue;

            // One after the other: each waits until all before it work.
            if (ordered)
                return steps;
        }

        var condemned = byOrdinal.Where(p => p.Key < start || p.Key >= start + replicas).OrderByDescending(p => p.Key).Select(p => p.Value).ToList();
        var firstUnhealthy = condemned.LastOrDefault(p => !IsHealthy(p));
        foreach (var pod in condemned)
        {
            if (pod.Metadata.DeletionTimestamp is null && (!ordered || firstUnhealthy is null || firstUnhealthy == pod || IsHealthy(pod)))
                steps.Add(new StatefulStep.Delete(pod));
            if (ordered)
                return steps;
        }

        if (steps.Count > 0 || set.Spec.UpdateStrategy?.Type == "OnDelete")
            return steps;
        return Roll(set, byOrdinal, start, replicas, updateRevision, IsHealthy);
    }

    /// <summary>From the highest ordinal down to the partition, with at most so many out of service.</summary>
    private static List<StatefulStep> Roll(
        V1StatefulSet set, Dictionary<int, V1Pod> pods, int start, int replicas, string updateRevision, Func<V1Pod, bool> isHealthy)
    {
        var steps = new List<StatefulStep>();
        var rolling = set.Spec.UpdateStrategy?.RollingUpdate;
        var room = Math.Max(1, Percentages.Resolve(rolling?.MaxUnavailable ?? (IntOrString)"1", replicas, roundUp: false));
        for (var ordinal = start + replicas - 1; ordinal >= Math.Max(start, rolling?.Partition ?? 0) && room > 0; ordinal--)
        {
            if (!pods.TryGetValue(ordinal, out var pod))
                continue;
            if (RevisionOf(pod) != updateRevision && pod.Metadata.DeletionTimestamp is null)
                steps.Add(new StatefulStep.Delete(pod));
            else if (isHealthy(pod))
                continue;
            room--;
        }

        return steps;
    }

    /// <summary>Whether a new pod gets the present template, rather than the one before.</summary>
    private static bool IsUpdated(V1StatefulSet set, int ordinal)
    {
        if (set.Spec.UpdateStrategy?.Type == "OnDelete")
            return true;
        var start = set.Spec.Ordinals?.Start ?? 0;
        return set.Spec.UpdateStrategy?.RollingUpdate is { } rolling
            ? ordinal >= start + (rolling.Partition ?? 0)
            : ordinal >= start + (set.Status?.CurrentReplicas ?? 0);
    }

    public static string? RevisionOf(V1Pod pod) => pod.Metadata.Labels?.TryGetValue(RevisionLabel, out var revision) == true ? revision : null;
}
