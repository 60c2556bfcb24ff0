using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>Finds the pods behind a service port: requests go to them directly, not through the service's address.</summary>
internal sealed class ServiceTable
{
    private const string ServiceNameLabel = "kubernetes.io/service-name";
    private readonly Dictionary<(string Namespace, string Name), V1Service> _services = [];
    private readonly ILookup<(string Namespace, string? Name), V1EndpointSlice> _slices;

    public ServiceTable(ClusterSnapshot snapshot)
    {
        foreach (var service in snapshot.Services)
            _services[(service.Metadata.NamespaceProperty, service.Metadata.Name)] = service;
        _slices = snapshot.EndpointSlices.ToLookup(s => (s.Metadata.NamespaceProperty, (string?)s.GetLabel(ServiceNameLabel)));
    }

    /// <summary>The endpoints of a backend that has passed <see cref="IngressValidator"/>; none where service or port do not exist.</summary>
    public Upstream Resolve(string ns, V1IngressServiceBackend backend)
    {
        var service = _services.GetValueOrDefault((ns, backend.Name));
        var port = service?.Spec?.Ports?.FirstOrDefault(p => backend.Port.Number is { } n ? p.Port == n : p.Name == backend.Port.Name);
        // A port that does not exist has no endpoints, and its name, which nobody has checked, must not get anywhere.
        var name = $"{ns}.{backend.Name}.{(port is null ? "none" : port.Port)}";
        return new Upstream(name, port is null ? [] : Endpoints(ns, backend.Name, port.Name ?? ""));
    }

    private IReadOnlyList<string> Endpoints(string ns, string service, string portName)
    {
        var all = (from slice in _slices[(ns, service)]
                   from port in slice.Ports ?? []
                   where (port.Name ?? "") == portName && (port.Protocol ?? "TCP") == "TCP"
                   from endpoint in slice.Endpoints ?? []
                   from address in endpoint.Addresses ?? []
                   let text = Names.Endpoint(address, port.Port ?? 0)
                   where text is not null
                   select (text, endpoint.Conditions)).ToList();
        var ready = all.Where(e => e.Conditions?.Ready ?? true).ToList();
        // As kube-proxy does (KEP-1669): pods that are ending but still serve are better than none.
        var chosen = ready.Count > 0 ? ready : all.Where(e => e.Conditions is { Serving: true, Terminating: true }).ToList();
        return [.. chosen.Select(e => e.text).Distinct().Order(StringComparer.Ordinal)];
    }
}
