using k8s.Models;

namespace Tandem.Kubernetes.Network;

/// <summary>What the API knows that the network rules depend on, as of one moment.</summary>
internal sealed record ClusterState(
    IEnumerable<V1Service> Services,
    IEnumerable<V1EndpointSlice> EndpointSlices,
    IEnumerable<V1Pod> Pods,
    IEnumerable<V1Namespace> Namespaces,
    IEnumerable<V1NetworkPolicy> Policies);
