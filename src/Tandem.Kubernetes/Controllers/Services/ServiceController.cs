using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Services;

/// <summary>
/// Gives each Service of type LoadBalancer the node's address, while nobody else has its ports there: elsewhere the cloud's
/// controller does this with a balancer's. The network rules follow the status.
/// </summary>
internal sealed class ServiceController : Controller
{
    private readonly IKubernetes _client;
    private readonly ClusterOptions _options;
    private readonly EventRecorder _events;

    public ServiceController(
        k8s.Kubernetes client, ClusterOptions options, EventRecorder events, SharedInformers informers, TimeProvider time, ILogger<ServiceController> log)
        : base(informers, time, log)
    {
        (_client, _options, _events) = (client, options, events);
        informers.Services.Changed += c =>
        {
            // What one gives up, another waits for.
            if (IsBalanced(c.New) || IsBalanced(c.Old))
                EnqueueAll();
        };
        informers.Pods.Changed += c =>
        {
            if (HasHostPorts((c.New ?? c.Old)!) && (c.New is null || c.Old is null || c.New.Status?.Phase != c.Old.Status?.Phase))
                EnqueueAll();
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var service in Informers.Services.All.Where(IsBalanced))
            Enqueue(service.Metadata.NamespaceProperty, service.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var service = await FindAsync(() => _client.CoreV1.ReadNamespacedServiceAsync(name, @namespace, cancellationToken: cancellationToken));
        if (service is null || !string.IsNullOrEmpty(service.Spec.LoadBalancerClass) || service.Metadata.DeletionTimestamp is not null)
            return;
        var holder = BalancedPorts.IsOurs(service)
            ? BalancedPorts.Holder(service, Informers.Services.All, Informers.Pods.All, _options.ApiPort)
            : null;
        List<V1LoadBalancerIngress> wanted = BalancedPorts.IsOurs(service) && holder is null
            ? [new V1LoadBalancerIngress { Ip = _options.NodeAddress.ToString(), IpMode = "VIP" }]
            : [];
        var has = service.Status?.LoadBalancer?.Ingress ?? [];
        if (KubernetesJson.Serialize(has) != KubernetesJson.Serialize(wanted))
        {
            service.Status ??= new V1ServiceStatus();
            service.Status.LoadBalancer = new V1LoadBalancerStatus { Ingress = wanted };
            await _client.CoreV1.ReplaceNamespacedServiceStatusAsync(service, name, @namespace, cancellationToken: cancellationToken);
        }

        if (holder is null)
            return;
        (service.ApiVersion, service.Kind) = ("v1", "Service");
        _events.Record(service, "Warning", "PortTaken", $"The node's address is not given to it: {holder}", "service-controller");
    }

    // One that is no longer of the type still has an address to give up.
    private static bool IsBalanced(V1Service? service) =>
        service is not null && (service.Spec.Type == "LoadBalancer" || service.Status?.LoadBalancer?.Ingress is { Count: > 0 });

    private static bool HasHostPorts(V1Pod pod) =>
        pod.Spec.HostNetwork == true || pod.Spec.Containers.Any(c => c.Ports?.Any(p => p.HostPort is > 0) == true);
}
