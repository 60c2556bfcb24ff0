using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Nodes;

/// <summary>The taints that a node's conditions amount to. Pure. See
/// https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/#taint-based-evictions.</summary>
internal static class NodeTaints
{
    public const string NotReady = "node.kubernetes.io/not-ready";
    public const string Unreachable = "node.kubernetes.io/unreachable";
    public const string Unschedulable = "node.kubernetes.io/unschedulable";

    private static readonly Dictionary<(string Condition, string Status), string> Keys = new()
    {
        [("Ready", "False")] = NotReady,
        [("Ready", "Unknown")] = Unreachable,
        [("MemoryPressure", "True")] = "node.kubernetes.io/memory-pressure",
        [("DiskPressure", "True")] = "node.kubernetes.io/disk-pressure",
        [("PIDPressure", "True")] = "node.kubernetes.io/pid-pressure",
        [("NetworkUnavailable", "True")] = "node.kubernetes.io/network-unavailable",
    };

    private static readonly HashSet<string> NoSchedule = [.. Keys.Values, Unschedulable];

    /// <summary>The taints that a node is to have: those of its state, and those of others as they are.</summary>
    /// <param name="node">The node.</param>
    /// <param name="evict">Whether its pods are to go as well where it is not ready.</param>
    /// <param name="now">When the new ones are added.</param>
    /// <returns>Null where it has them already.</returns>
    public static List<V1Taint>? Change(V1Node node, bool evict, DateTimeOffset now)
    {
        var current = node.Spec?.Taints ?? [];
        var wanted = Wanted(node, evict).ToHashSet();
        var kept = current.Where(t => !IsOurs(t) || wanted.Contains((t.Key, t.Effect))).ToList();
        var added = wanted.Where(w => !kept.Any(t => (t.Key, t.Effect) == w)).Select(w => new V1Taint { Key = w.Key, Effect = w.Effect, TimeAdded = now.UtcDateTime }).ToList();
        return added.Count == 0 && kept.Count == current.Count ? null : [.. kept, .. added];
    }

    private static bool IsOurs(V1Taint taint) => taint.Effect switch
    {
        "NoSchedule" => NoSchedule.Contains(taint.Key),
        "NoExecute" => taint.Key is NotReady or Unreachable,
        _ => false,
    };

    private static IEnumerable<(string Key, string Effect)> Wanted(V1Node node, bool evict)
    {
        foreach (var condition in node.Status?.Conditions ?? [])
        {
            if (!Keys.TryGetValue((condition.Type, condition.Status), out var key))
                continue;
            yield return (key, "NoSchedule");
            if (evict && condition.Type == "Ready")
                yield return (key, "NoExecute");
        }

        if (node.Spec?.Unschedulable == true)
            yield return (Unschedulable, "NoSchedule");
    }
}
