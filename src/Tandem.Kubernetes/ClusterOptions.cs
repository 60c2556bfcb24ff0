using System.Net;

namespace Tandem.Kubernetes;

/// <summary>One embedded cluster: where it lives and which addresses it uses.</summary>
/// <param name="Name">hot or standby; also the context's name in the kubeconfig.</param>
/// <param name="NodeAddress">The address of its one node, in its own network namespace; the API listens there.</param>
/// <param name="StateDirectory">Its folder: keys, pods, logs.</param>
/// <param name="EtcdSocket">etcd's Unix socket.</param>
/// <param name="ContainerdSocket">containerd's Unix socket.</param>
/// <param name="CgroupParent">The control group below which its pods live, beginning with a slash.</param>
public sealed record ClusterOptions(
    string Name, IPAddress NodeAddress, string StateDirectory, string EtcdSocket, string ContainerdSocket, string CgroupParent)
{
    /// <summary>The port of the API, 6443 as elsewhere.</summary>
    public int ApiPort { get; init; } = 6443;

    /// <summary>The addresses of pods; the same in both clusters, which never see each other's.</summary>
    public IPNetwork PodRange { get; init; } = IPNetwork.Parse("10.244.0.0/24");

    /// <summary>The addresses of Services.</summary>
    public IPNetwork ServiceRange { get; init; } = IPNetwork.Parse("10.96.0.0/16");

    /// <summary>The Service "kubernetes": the first address of the range.</summary>
    public IPAddress ApiServiceAddress { get; init; } = IPAddress.Parse("10.96.0.1");

    /// <summary>The Service of the cluster DNS.</summary>
    public IPAddress DnsServiceAddress { get; init; } = IPAddress.Parse("10.96.0.10");

    /// <summary>The domain of all names in the cluster.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";

    /// <summary>The node's boot id, where it has been rebooted without its machine; null means the machine's.</summary>
    public string? BootId { get; init; }

    /// <summary>The node's name.</summary>
    public string NodeName => $"{Name}-node";

    /// <summary>The administrator's kubeconfig, mode 0600.</summary>
    public string Kubeconfig => Path.Combine(StateDirectory, "kubeconfig");
}
