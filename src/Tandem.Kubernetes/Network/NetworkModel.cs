using System.Net;
using Tandem.Kubernetes.Network.Policies;
using Tandem.Kubernetes.Network.Services;

namespace Tandem.Kubernetes.Network;

/// <summary>All that the rules are made of.</summary>
internal sealed record NetworkModel(
    IPNetwork PodRange,
    IPNetwork ServiceRange,
    IReadOnlyList<PodAddress> Pods,
    IReadOnlyList<ServiceRoute> Services,
    IReadOnlyList<HostPort> HostPorts,
    PolicyModel Policies)
{
    public static NetworkModel Build(ClusterState state, ClusterOptions options)
    {
        var pods = PodAddress.Of(state.Pods);
        return new NetworkModel(
            options.PodRange,
            options.ServiceRange,
            pods,
            ServiceMap.Build(state, options),
            Network.Services.HostPorts.Build(pods, options.NodeAddress),
            PolicyResolver.Resolve(state, pods));
    }
}
