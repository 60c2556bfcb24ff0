using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Nodes;

/// <summary>
/// What is known of a node's heartbeat: its lease's time and its status's, and since when neither has changed, by the clock of
/// whoever looks. The node's own clock is never compared with ours. Pure.
/// </summary>
internal sealed record NodeHealth(DateTime? Lease, DateTime? Heartbeat, TimeSpan Since)
{
    /// <summary>
    /// Whoever could not look for so long was blind itself, the API being away or its process stopped: the nodes could not report
    /// either, and are given their whole time again. Else the end of an outage of the API would take ready pods out of service.
    /// </summary>
    public static readonly TimeSpan Blind = TimeSpan.FromSeconds(20);

    /// <summary>A node that has been silent for so long is not known to be ready (node-monitor-grace-period).</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(50);

    /// <summary>The same for one that has never said anything (node-startup-grace-period).</summary>
    public static readonly TimeSpan StartupGrace = TimeSpan.FromSeconds(60);

    private static readonly string[] Types = ["Ready", "MemoryPressure", "DiskPressure", "PIDPressure"];

    /// <summary>When the last look at it was.</summary>
    public TimeSpan Seen { get; private init; } = Since;

    /// <summary>One more look at a node.</summary>
    /// <param name="before">What was known, or null.</param>
    /// <param name="node">The node now.</param>
    /// <param name="lease">Its lease now, or null.</param>
    /// <param name="now">Of a clock that is never set.</param>
    public static NodeHealth Observe(NodeHealth? before, V1Node node, V1Lease? lease, TimeSpan now)
    {
        var (renewed, heartbeat) = (lease?.Spec?.RenewTime, Ready(node)?.LastHeartbeatTime);
        return before is not null && now - before.Seen <= Blind && before.Lease == renewed && before.Heartbeat == heartbeat
            ? before with { Seen = now }
            : new NodeHealth(renewed, heartbeat, now);
    }

    public static V1NodeCondition? Ready(V1Node node) => node.Status?.Conditions?.FirstOrDefault(c => c.Type == "Ready");

    public static bool IsReady(V1Node node) => Ready(node)?.Status == "True";

    /// <summary>The conditions of a node that has been silent for too long; null where it has not, or has them already.</summary>
    /// <param name="node">The node.</param>
    /// <param name="elapsed">Now, of the clock that <see cref="Since"/> is of.</param>
    /// <param name="now">The wall clock.</param>
    public List<V1NodeCondition>? Unknown(V1Node node, TimeSpan elapsed, DateTimeOffset now)
    {
        var conditions = (node.Status?.Conditions ?? []).ToList();
        if (elapsed - Since <= (Ready(node) is null ? StartupGrace : Grace) || Types.All(t => conditions.Any(c => c.Type == t && c.Status == "Unknown")))
            return null;
        foreach (var type in Types)
        {
            var known = conditions.FirstOrDefault(c => c.Type == type);
            if (known?.Status == "Unknown")
                continue;
            var condition = new V1NodeCondition
            {
                Type = type,
                Status = "Unknown",
                Reason = known is null ? "NodeStatusNeverUpdated" : "NodeStatusUnknown",
                Message = known is null ? "Kubelet never posted node status." : "Kubelet stopped posting node status.",
                LastHeartbeatTime = known?.LastHeartbeatTime ?? node.Metadata.CreationTimestamp,
                LastTransitionTime = now.UtcDateTime,
            };
            if (known is null)
                conditions.Add(condition);
            else
                conditions[conditions.IndexOf(known)] = condition;
        }

        return conditions;
    }
}
