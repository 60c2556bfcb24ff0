using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Keeps the EndpointSlices and the Endpoints of every Service with a selector.</summary>
internal sealed class EndpointsController : Controller
{
    private const string ServiceLabel = "kubernetes.io/service-name";
    private const string ManagedBy = "endpointslice.kubernetes.io/managed-by";
    private const string Self = "endpointslice-controller.k8s.io";

    private readonly IKubernetes _client;

    public EndpointsController(k8s.Kubernetes client, SharedInformers informers, TimeProvider time, ILogger<EndpointsController> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.Services.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c =>
        {
            var pod = (c.New ?? c.Old)!;
            foreach (var service in informers.Services.All)
                if (service.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty && (Selects(service, c.New) || Selects(service, c.Old)))
                    Enqueue(service.Metadata.NamespaceProperty, service.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var service in Informers.Services.All)
            Enqueue(service.Metadata.NamespaceProperty, service.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        // The slices of a Service that is gone go with it: they are owned by it.
        var service = await FindAsync(() => _client.CoreV1.ReadNamespacedServiceAsync(name, @namespace, cancellationToken: cancellationToken));
        if (service?.Spec.Selector is not { Count: > 0 } || service.Metadata.DeletionTimestamp is not null)
            return;
        service.ApiVersion = "v1";
        service.Kind = "Service";
        var query = string.Join(',', service.Spec.Selector.Select(l => $"{l.Key}={l.Value}"));
        var pods = (await _client.CoreV1.ListNamespacedPodAsync(@namespace, labelSelector: query, cancellationToken: cancellationToken)).Items;
        var groups = ServiceEndpoints.Of(service, pods);
        await SlicesAsync(service, groups, cancellationToken);
        await EndpointsAsync(service, groups, cancellationToken);
    }

    private async Task SlicesAsync(V1Service service, IReadOnlyList<ServiceEndpoints.Group> groups, CancellationToken cancellationToken)
    {
        var @namespace = service.Metadata.NamespaceProperty;
        var live = (await _client.DiscoveryV1.ListNamespacedEndpointSliceAsync(
            @namespace, labelSelector: $"{ServiceLabel}={service.Metadata.Name},{ManagedBy}={Self}", cancellationToken: cancellationToken)).Items.ToList();
        var wanted = (groups.Count > 0 ? groups : [new ServiceEndpoints.Group([], [])]).Select(g => Slice(service, g)).ToList();
        for (var i = 0; i < Math.Max(live.Count, wanted.Count); i++)
        {
            if (i >= wanted.Count)
            {
                await _client.DiscoveryV1.DeleteNamespacedEndpointSliceAsync(live[i].Metadata.Name, @namespace, cancellationToken: cancellationToken);
            }
            else if (i >= live.Count)
            {
                await _client.DiscoveryV1.CreateNamespacedEndpointSliceAsync(wanted[i], @namespace, cancellationToken: cancellationToken);
            }
            else if (KubernetesJson.Serialize(live[i].Endpoints ?? []) != KubernetesJson.Serialize(wanted[i].Endpoints)
                || KubernetesJson.Serialize(live[i].Ports ?? []) != KubernetesJson.Serialize(wanted[i].Ports))
            {
                live[i].Endpoints = wanted[i].Endpoints;
                live[i].Ports = wanted[i].Ports;
                await _client.DiscoveryV1.ReplaceNamespacedEndpointSliceAsync(live[i], live[i].Metadata.Name, @namespace, cancellationToken: cancellationToken);
            }
        }
    }

    private async Task EndpointsAsync(V1Service service, IReadOnlyList<ServiceEndpoints.Group> groups, CancellationToken cancellationToken)
    {
        var @namespace = service.Metadata.NamespaceProperty;
        var subsets = groups.Where(g => g.Pods.Count > 0).Select(g => new V1EndpointSubset
        {
            Addresses = Addresses(g.Pods.Where(p => ServiceEndpoints.IsReady(service, p))),
            NotReadyAddresses = Addresses(g.Pods.Where(p => !ServiceEndpoints.IsReady(service, p) && p.Metadata.DeletionTimestamp is null)),
            Ports = [.. g.Ports.Select(p => new Corev1EndpointPort { Name = p.Name, Port = p.Number ?? 0, Protocol = p.Protocol, AppProtocol = p.AppProtocol })],
        }).Where(s => s.Addresses is not null || s.NotReadyAddresses is not null).ToList();

        var live = await FindAsync(() => _client.CoreV1.ReadNamespacedEndpointsAsync(service.Metadata.Name, @namespace, cancellationToken: cancellationToken));
        if (live is null)
        {
            await _client.CoreV1.CreateNamespacedEndpointsAsync(
                new V1Endpoints
                {
                    Metadata = new V1ObjectMeta
                    {
                        Name = service.Metadata.Name, NamespaceProperty = @namespace, Labels = service.Metadata.Labels, OwnerReferences = [PodTemplates.Reference(service)],
                    },
                    Subsets = subsets,
                },
                @namespace,
                cancellationToken: cancellationToken);
        }
        else if (KubernetesJson.Serialize(live.Subsets ?? []) != KubernetesJson.Serialize(subsets))
        {
            live.Subsets = subsets;
            await _client.CoreV1.ReplaceNamespacedEndpointsAsync(live, service.Metadata.Name, @namespace, cancellationToken: cancellationToken);
        }
    }

    private static V1EndpointSlice Slice(V1Service service, ServiceEndpoints.Group group) => new()
    {
        Metadata = new V1ObjectMeta
        {
            GenerateName = service.Metadata.Name + "-",
            NamespaceProperty = service.Metadata.NamespaceProperty,
            Labels = new Dictionary<string, string>(service.Metadata.Labels ?? new Dictionary<string, string>()) { [ServiceLabel] = service.Metadata.Name, [ManagedBy] = Self },
            OwnerReferences = [PodTemplates.Reference(service)],
        },
        AddressType = "IPv4",
        Ports = [.. group.Ports.Select(p => new Discoveryv1EndpointPort { Name = p.Name ?? "", Port = p.Number, Protocol = p.Protocol, AppProtocol = p.AppProtocol })],
        Endpoints =
        [
            .. group.Pods.Select(p => new V1Endpoint
            {
                Addresses = [p.Status.PodIP],
                Conditions = new V1EndpointConditions
                {
                    Ready = ServiceEndpoints.IsReady(service, p),
                    Serving = p.IsReady() || service.Spec.PublishNotReadyAddresses == true,
                    Terminating = p.Metadata.DeletionTimestamp is not null,
                },
                Hostname = p.Spec.Subdomain == service.Metadata.Name ? p.Spec.Hostname : null,
                NodeName = p.Spec.NodeName,
                TargetRef = ServiceEndpoints.Reference(p),
            }),
        ],
    };

    private static List<V1EndpointAddress>? Addresses(IEnumerable<V1Pod> pods)
    {
        var list = pods.Select(p => new V1EndpointAddress { Ip = p.Status.PodIP, NodeName = p.Spec.NodeName, TargetRef = ServiceEndpoints.Reference(p) }).ToList();
        return list.Count == 0 ? null : list;
    }

    private static bool Selects(V1Service service, V1Pod? pod) =>
        pod is not null && service.Spec.Selector is { Count: > 0 } selector
        && selector.All(l => pod.Metadata.Labels?.TryGetValue(l.Key, out var v) == true && v == l.Value);
}
