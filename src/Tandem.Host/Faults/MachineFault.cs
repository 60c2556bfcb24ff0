using System.Text.Json.Serialization;

namespace Tandem.Host.Faults;

/// <summary>Something that a drill broke, or is about to break, on this machine.</summary>
/// <param name="Kind">What.</param>
/// <param name="Cluster">hot or standby; the load balancer has none, and it is empty.</param>
public sealed record MachineFault([property: JsonConverter(typeof(JsonStringEnumConverter<MachineFaultKind>))] MachineFaultKind Kind, string Cluster)
{
    /// <summary>Whether it stays until it is healed; the others are over at once, and the supervisor mends what they did.</summary>
    [JsonIgnore]
    public bool Lasts => Kind is not (MachineFaultKind.NodeKilled or MachineFaultKind.BalancerKilled);
}

/// <summary>What can be broken on one machine.</summary>
public enum MachineFaultKind
{
    /// <summary>The cluster's link is down: nothing passes.</summary>
    LinkDown,

    /// <summary>The link is up and requests arrive, but no IPv4 packet of the cluster comes back.</summary>
    AnswersLost,

    /// <summary>Every fifth packet of the cluster is lost, by chance.</summary>
    PacketsLost,

    /// <summary>The ingress controller's processes are stopped: connections are accepted by the kernel, and nobody answers.</summary>
    IngressStopped,

    /// <summary><c>tandem cluster run</c> is stopped; the containers run on.</summary>
    ApiStopped,

    /// <summary>etcd is stopped.</summary>
    EtcdStopped,

    /// <summary>containerd, its shims, all containers and <c>tandem cluster run</c> are killed at once.</summary>
    NodeKilled,

    /// <summary>All the load balancer's servers are killed.</summary>
    BalancerKilled,
}
