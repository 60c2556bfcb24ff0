using k8s;
using k8s.Models;

namespace Tandem.Ingress.Cluster;

/// <summary>The kinds of objects that routing depends on.</summary>
internal static class Resources
{
    private const string TlsOnly = "type=kubernetes.io/tls"; // other secrets are none of the controller's business

    public static Resource<V1IngressClass> IngressClasses(IKubernetes client) => new(
        "ingress classes",
        async token => Listed(await client.NetworkingV1.ListIngressClassAsync(cancellationToken: token)),
        (version, seconds, error, token) => client.NetworkingV1.WatchListIngressClassAsync(
            allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: error, cancellationToken: token));

    public static Resource<V1Ingress> Ingresses(IKubernetes client) => new(
        "ingresses",
        async token => Listed(await client.NetworkingV1.ListIngressForAllNamespacesAsync(cancellationToken: token)),
        (version, seconds, error, token) => client.NetworkingV1.WatchListIngressForAllNamespacesAsync(
            allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: error, cancellationToken: token));

    public static Resource<V1Service> Services(IKubernetes client) => new(
        "services",
        async token => Listed(await client.CoreV1.ListServiceForAllNamespacesAsync(cancellationToken: token)),
        (version, seconds, error, token) => client.CoreV1.WatchListServiceForAllNamespacesAsync(
            allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: error, cancellationToken: token));

    public static Resource<V1EndpointSlice> EndpointSlices(IKubernetes client) => new(
        "endpoint slices",
        async token => Listed(await client.DiscoveryV1.ListEndpointSliceForAllNamespacesAsync(cancellationToken: token)),
        (version, seconds, error, token) => client.DiscoveryV1.WatchListEndpointSliceForAllNamespacesAsync(
            allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: error, cancellationToken: token));

    public static Resource<V1Secret> TlsSecrets(IKubernetes client) => new(
        "TLS secrets",
        async token => Listed(await client.CoreV1.ListSecretForAllNamespacesAsync(fieldSelector: TlsOnly, cancellationToken: token)),
        (version, seconds, error, token) => client.CoreV1.WatchListSecretForAllNamespacesAsync(
            fieldSelector: TlsOnly, allowWatchBookmarks: true, resourceVersion: version, timeoutSeconds: seconds, onError: error, cancellationToken: token));

    private static (IList<T>, string) Listed<T>(IItems<T> list) => (list.Items, ((IMetadata<V1ListMeta>)list).Metadata.ResourceVersion);
}
