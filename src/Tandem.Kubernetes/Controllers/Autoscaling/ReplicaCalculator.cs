using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>
/// How many replicas a resource metric asks for. Pure. See
/// https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#algorithm-details.
/// </summary>
internal static class ReplicaCalculator
{
    /// <summary>A proposal, and what it was computed from.</summary>
    /// <param name="Replicas">What the metric asks for.</param>
    /// <param name="Utilization">Percent of what the pods request; null where the target is an amount.</param>
    /// <param name="AverageMilli">What a pod used.</param>
    internal sealed record Proposal(int Replicas, int? Utilization, long AverageMilli);

    /// <summary>What the pods use as a percentage of what they request.</summary>
    /// <exception cref="ScalingFailure">There are no pods, no measurements of ready ones, or containers without requests.</exception>
    public static Proposal ByUtilization(
        int current, int target, Tolerance tolerance, IReadOnlyList<V1Pod> pods, IReadOnlyDictionary<string, PodMetric> metrics, string resource, string? container, DateTimeOffset now)
    {
        var groups = Group(pods, metrics, resource, now);
        var requests = pods.ToDictionary(p => p.Metadata.Name, p => Request(p, resource, container));
        var counted = Counted(metrics, groups);
        int Percent(Dictionary<string, long> values)
        {
            var known = values.Where(v => requests.ContainsKey(v.Key)).ToList();
            var requested = known.Sum(v => requests[v.Key]);
            return requested == 0
                ? throw new ScalingFailure("no metrics returned matched known pods")
                : (int)(known.Sum(v => v.Value) * 100 / requested);
        }

        var percent = Percent(counted);
        var average = counted.Values.Sum() / counted.Count;
        var replicas = Replicas(current, tolerance, counted, groups, v => (double)Percent(v) / target, pod => requests[pod] * Math.Max(100, target) / 100);
        return new Proposal(replicas, percent, average);
    }

    /// <summary>What a pod uses on average, as an amount.</summary>
    /// <exception cref="ScalingFailure">There are no pods, or no measurements of ready ones.</exception>
    public static Proposal ByAverage(
        int current, long targetMilli, Tolerance tolerance, IReadOnlyList<V1Pod> pods, IReadOnlyDictionary<string, PodMetric> metrics, string resource, DateTimeOffset now)
    {
        var groups = Group(pods, metrics, resource, now);
        var counted = Counted(metrics, groups);
        var average = counted.Values.Sum() / counted.Count;
        var replicas = Replicas(current, tolerance, counted, groups, v => (double)(v.Values.Sum() / v.Count) / targetMilli, _ => targetMilli);
        return new Proposal(replicas, null, average);
    }

    /// <param name="current">The replicas that there are.</param>
    /// <param name="tolerance">Within which nothing changes.</param>
    /// <param name="counted">The measurements of ready pods.</param>
    /// <param name="groups">All pods.</param>
    /// <param name="ratio">Use by target, of some measurements.</param>
    /// <param name="full">What a pod that was not measured is taken to use before scaling down.</param>
    private static int Replicas(
        int current, Tolerance tolerance, Dictionary<string, long> counted, PodGroups groups, Func<Dictionary<string, long>, double> ratio, Func<string, long> full)
    {
        var first = ratio(counted);
        var withUnready = groups.Unready.Count > 0 && first > 1;
        if (!withUnready && groups.Missing.Count == 0)
            return tolerance.Covers(first) ? current : (int)Math.Ceiling(first * groups.Ready);

        var assumed = new Dictionary<string, long>(counted);
        foreach (var pod in groups.Missing)
        {
            if (first < 1)
                assumed[pod] = full(pod);
            else if (first > 1)
                assumed[pod] = 0;
        }

        if (withUnready)
            foreach (var pod in groups.Unready)
                assumed[pod] = 0;

        // Pods of which nothing is known may make a change smaller, never turn it round.
        var second = ratio(assumed);
        if (tolerance.Covers(second) || (first < 1 && second > 1) || (first > 1 && second < 1))
            return current;
        var replicas = (int)Math.Ceiling(second * assumed.Count);
        return (second < 1 && replicas > current) || (second > 1 && replicas < current) ? current : replicas;
    }

    private static PodGroups Group(IReadOnlyList<V1Pod> pods, IReadOnlyDictionary<string, PodMetric> metrics, string resource, DateTimeOffset now) =>
        pods.Count == 0 ? throw new ScalingFailure("no pods returned by selector while calculating replica count") : PodGroups.Of(pods, metrics, resource, now);

    private static Dictionary<string, long> Counted(IReadOnlyDictionary<string, PodMetric> metrics, PodGroups groups)
    {
        var counted = metrics.Where(m => !groups.Unready.Contains(m.Key) && !groups.Ignored.Contains(m.Key)).ToDictionary(m => m.Key, m => m.Value.Milli);
        return counted.Count > 0 ? counted : throw new ScalingFailure("did not receive metrics for any ready pods");
    }

    private static long Request(V1Pod pod, string resource, string? container)
    {
        var all = pod.Spec.Containers.Concat((pod.Spec.InitContainers ?? []).Where(c => c.RestartPolicy == "Always"));
        return all.Where(c => container is null || c.Name == container).Sum(c =>
            c.Resources?.Requests?.TryGetValue(resource, out var quantity) == true
                ? (long)(quantity.ToDecimal() * 1000)
                : throw new ScalingFailure($"missing request for {resource} in container {c.Name} of Pod {pod.Metadata.Name}"));
    }
}
