using Tandem.Kubernetes.Node.Eviction;
using Tandem.Kubernetes.Node.Images.Collection;

namespace Tandem.Kubernetes.Node;

/// <summary>Everything that one embedded node is told about itself and its cluster.</summary>
public sealed record NodeOptions
{
    /// <summary>Name of the Node object and value of <c>spec.nodeName</c>: a DNS subdomain.</summary>
    public required string NodeName { get; init; }

    /// <summary>The node's own address: InternalIP, and hostIP of its pods.</summary>
    public required string NodeAddress { get; init; }

    /// <summary>Absolute folder for pods' volumes and logs; survives restarts of the agent.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Absolute path of containerd's unix socket.</summary>
    public required string ContainerdSocket { get; init; }

    /// <summary>Addresses of the pods, such as <c>10.42.0.0/24</c>.</summary>
    public required string PodCidr { get; init; }

    /// <summary>Service address of the cluster DNS, first name server of pods with <c>dnsPolicy: ClusterFirst</c>.</summary>
    public required string ClusterDns { get; init; }

    /// <summary>Domain that service names end in.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>Absolute cgroup below which <c>kubepods</c> is made, such as <c>/tandem/demo/hot</c>.</summary>
    public required string CgroupParent { get; init; }

    /// <summary>The node's boot id; null means the machine's.</summary>
    public string? BootId { get; init; }

    /// <summary>Labels of the Node object on top of the well-known ones.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>Most pods the node takes.</summary>
    public int MaxPods { get; init; } = 110;

    /// <summary>Bytes of memory that pods may use together; null for the machine's.</summary>
    public long? MemoryCapacity { get; init; }

    /// <summary>From when on pods have to go.</summary>
    public EvictionThresholds Eviction { get; init; } = new();

    /// <summary>When unused images go.</summary>
    public ImageCollectionOptions ImageCollection { get; init; } = new();

    /// <summary>How often it is looked whether pods have to go.</summary>
    public TimeSpan HousekeepingPeriod { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many pods may be in the making at once; more of them only slow each other down.</summary>
    public int ConcurrentStarts { get; init; } = 4;

    /// <summary>Bytes from which on a container's log is put aside and another begun; the kubelet's containerLogMaxSize.</summary>
    public long ContainerLogMaxSize { get; init; } = 10 << 20;

    /// <summary>
    /// How long one pull of an image may take before it counts as failed and is backed off: containerd before 1.7 waits for ever
    /// for a registry that does not answer.
    /// </summary>
    public TimeSpan ImagePullDeadline { get; init; } = TimeSpan.FromMinutes(30);

    internal string LogsDirectory => Path.Combine(StateDirectory, "logs", "pods");

    /// <summary>Folders of the volumes that were made for claims.</summary>
    internal string VolumesDirectory => Path.Combine(StateDirectory, "volumes");

    internal string PodsDirectory => Path.Combine(StateDirectory, "pods");
}
