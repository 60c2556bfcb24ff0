using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Policy;

/// <summary>What a PodDisruptionBudget's status must say. Pure.</summary>
internal static class DisruptionBudget
{
    /// <summary>How long an eviction may take; then its pod counts again.</summary>
    public static readonly TimeSpan DeletionTimeout = TimeSpan.FromMinutes(2);

    /// <summary>Whether the budget depends on how many pods their controllers want.</summary>
    public static bool NeedsScale(V1PodDisruptionBudget budget) =>
        budget.Spec.MaxUnavailable is not null || budget.Spec.MinAvailable?.Value.EndsWith('%') == true;

    /// <summary>The status for the pods that the budget selects.</summary>
    /// <param name="budget">As it is stored.</param>
    /// <param name="pods">The pods, those that are being deleted too.</param>
    /// <param name="scale">How many pods their controllers want; used only where <see cref="NeedsScale"/>.</param>
    /// <param name="now">In UTC.</param>
    public static V1PodDisruptionBudgetStatus Status(V1PodDisruptionBudget budget, IReadOnlyList<V1Pod> pods, int scale, DateTime now)
    {
        var disrupted = Disrupted(budget, pods, now);
        var expected = NeedsScale(budget) ? scale : pods.Count;
        var desired = Desired(budget.Spec, expected);
        var healthy = pods.Count(p => p.Metadata.DeletionTimestamp is null && !disrupted.ContainsKey(p.Metadata.Name) && p.IsReady());
        var status = new V1PodDisruptionBudgetStatus
        {
            CurrentHealthy = healthy,
            DesiredHealthy = desired,
            ExpectedPods = expected,

            // A budget without pods allows nothing: its first ones begin safe.
            DisruptionsAllowed = expected > 0 ? Math.Max(0, healthy - desired) : 0,
            DisruptedPods = disrupted.Count > 0 ? disrupted : null,
            ObservedGeneration = budget.Metadata.Generation,
        };
        var allowed = status.DisruptionsAllowed > 0;
        status.Conditions = Conditions(budget, allowed, allowed ? "SufficientPods" : "InsufficientPods", "", now);
        return status;
    }

    /// <summary>The status where it cannot be told how many pods there should be: nothing may go.</summary>
    public static V1PodDisruptionBudgetStatus Failed(V1PodDisruptionBudget budget, string why, DateTime now)
    {
        var status = budget.Status is null ? new V1PodDisruptionBudgetStatus() : KubernetesJson.Deserialize<V1PodDisruptionBudgetStatus>(KubernetesJson.Serialize(budget.Status));
        status.DisruptionsAllowed = 0;
        status.ObservedGeneration = budget.Metadata.Generation;
        status.Conditions = Conditions(budget, false, "SyncFailed", why, now);
        return status;
    }

    /// <summary>The pods whose eviction was allowed but whose deletion never came, in time.</summary>
    public static IEnumerable<V1Pod> Survivors(V1PodDisruptionBudget budget, IEnumerable<V1Pod> pods, DateTime now) =>
        pods.Where(p => p.Metadata.DeletionTimestamp is null
            && budget.Status?.DisruptedPods?.TryGetValue(p.Metadata.Name, out var since) == true && since is { } s && WallClock.Since(s, now) >= DeletionTimeout);

    private static Dictionary<string, DateTime?> Disrupted(V1PodDisruptionBudget budget, IEnumerable<V1Pod> pods, DateTime now) =>
        pods.Where(p => p.Metadata.DeletionTimestamp is null && budget.Status?.DisruptedPods?.ContainsKey(p.Metadata.Name) == true)
            .Select(p => (p.Metadata.Name, Since: budget.Status.DisruptedPods[p.Metadata.Name]))
            .Where(p => p.Since is { } since && WallClock.Since(since, now) < DeletionTimeout)
            .ToDictionary(p => p.Name, p => p.Since);

    private static int Desired(V1PodDisruptionBudgetSpec spec, int expected)
    {
        if (spec.MaxUnavailable is { } unavailable)
            return Math.Max(0, expected - Percentages.Resolve(unavailable, expected, roundUp: true));
        return spec.MinAvailable is { } available ? Percentages.Resolve(available, expected, roundUp: true) : 0;
    }

    private static List<V1Condition> Conditions(V1PodDisruptionBudget budget, bool allowed, string reason, string message, DateTime now)
    {
        var others = (budget.Status?.Conditions ?? []).Where(c => c.Type != "DisruptionAllowed");
        var known = budget.Status?.Conditions?.FirstOrDefault(c => c.Type == "DisruptionAllowed");
        var status = allowed ? "True" : "False";
        return
        [
            .. others,
            new V1Condition
            {
                Type = "DisruptionAllowed", Status = status, Reason = reason, Message = message, ObservedGeneration = budget.Metadata.Generation,
                LastTransitionTime = known?.Status == status ? known.LastTransitionTime : now,
            },
        ];
    }
}
