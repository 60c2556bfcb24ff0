using k8s;
using k8s.Models;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Cluster;

/// <summary>Everything that the controller knows of its cluster.</summary>
internal sealed class ClusterView(IKubernetes client, Action changed, ControllerLog log, TimeProvider time)
{
    private readonly ObjectStore<V1IngressClass> _classes = new();
    private readonly ObjectStore<V1Ingress> _ingresses = new();
    private readonly ObjectStore<V1Service> _services = new();
    private readonly ObjectStore<V1EndpointSlice> _slices = new();
    private readonly ObjectStore<V1Secret> _secrets = new();

    /// <summary>Completes when every kind has been listed once.</summary>
    public Task Synced => Task.WhenAll(_classes.Synced, _ingresses.Synced, _services.Synced, _slices.Synced, _secrets.Synced);

    public ClusterSnapshot Snapshot() =>
        new(_classes.Objects, _ingresses.Objects, _services.Objects, _slices.Objects, _secrets.Objects);

    public Task RunAsync(CancellationToken cancellationToken) => Task.WhenAll(
        Keep(_classes, Resources.IngressClasses(client), cancellationToken),
        Keep(_ingresses, Resources.Ingresses(client), cancellationToken),
        Keep(_services, Resources.Services(client), cancellationToken),
        Keep(_slices, Resources.EndpointSlices(client), cancellationToken),
        Keep(_secrets, Resources.TlsSecrets(client), cancellationToken));

    private Task Keep<T>(ObjectStore<T> store, Resource<T> resource, CancellationToken cancellationToken)
        where T : IMetadata<V1ObjectMeta> => new Reflector<T>(resource, store, changed, log, time).RunAsync(cancellationToken);
}
