namespace Tandem.Platform.Drills;

/// <summary>Something to break.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cluster">hot or standby; empty for the load balancer.</param>
public sealed record Fault(FaultKind Kind, string Cluster)
{
    /// <summary>Whether it is done through the Kubernetes API; the others need the machine itself.</summary>
    public bool ActsThroughApi => Kind is FaultKind.IngressDeleted or FaultKind.BackendsDeleted or FaultKind.BadRelease;

    /// <summary>Whether it stays until it is healed; the others are over at once, and the platform mends what they did.</summary>
    public bool Lasts => !ActsThroughApi && Kind is not (FaultKind.NodeKilled or FaultKind.BalancerKilled);
}

/// <summary>What a drill can break.</summary>
public enum FaultKind
{
    /// <summary>Nothing passes the cluster's link.</summary>
    LinkDown,

    /// <summary>Requests arrive, answers do not come back.</summary>
    AnswersLost,

    /// <summary>Every fifth packet of the cluster is lost.</summary>
    PacketsLost,

    /// <summary>The ingress controller accepts connections and does not answer.</summary>
    IngressStopped,

    /// <summary>The API server, the controllers and the node agent stand still.</summary>
    ApiStopped,

    /// <summary>The API server's storage stands still.</summary>
    EtcdStopped,

    /// <summary>Everything of the node but its storage is killed.</summary>
    NodeKilled,

    /// <summary>All the load balancer's servers are killed.</summary>
    BalancerKilled,

    /// <summary>The ingress controller's pods are deleted without grace.</summary>
    IngressDeleted,

    /// <summary>The pods behind the service's Ingress are deleted without grace.</summary>
    BackendsDeleted,

    /// <summary>A release is deployed whose image does not exist.</summary>
    BadRelease,
}

/// <summary>Breaks and heals what no API reaches. Healing something that is not broken does nothing.</summary>
public interface IMachineFaults
{
    /// <summary>Breaks it. What lasts is healed by somebody else too, should this process be killed.</summary>
    Task InjectAsync(Fault fault, CancellationToken cancellationToken);

    /// <summary>Heals it.</summary>
    Task HealAsync(Fault fault, CancellationToken cancellationToken);
}

/// <summary>What a load balancer tells of its probes beyond Cloudflare's API.</summary>
public interface IProbeLog
{
    /// <summary>When a cluster's probe first failed, and when it was marked down, after a time; null for not yet.</summary>
    Task<(DateTimeOffset? FirstFailedProbe, DateTimeOffset? MarkedDown)> ReadAsync(string cluster, DateTimeOffset after, CancellationToken cancellationToken);
}
