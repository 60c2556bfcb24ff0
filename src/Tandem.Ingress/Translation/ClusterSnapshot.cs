using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>All objects of a cluster that routing depends on, as they were at one moment.</summary>
internal sealed record ClusterSnapshot(
    IReadOnlyCollection<V1IngressClass> Classes,
    IReadOnlyCollection<V1Ingress> Ingresses,
    IReadOnlyCollection<V1Service> Services,
    IReadOnlyCollection<V1EndpointSlice> EndpointSlices,
    IReadOnlyCollection<V1Secret> Secrets);
