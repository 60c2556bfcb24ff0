using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>Finds what makes an Ingress unusable. Such an Ingress is left out as a whole; the others are not touched.</summary>
internal static class IngressValidator
{
    public static IEnumerable<string> Rejections(V1Ingress ingress)
    {
        var spec = ingress.Spec ?? new V1IngressSpec();
        if (!Names.IsLabel(ingress.Metadata.NamespaceProperty))
            yield return "its namespace has no valid name";
        foreach (var problem in Backend(spec.DefaultBackend, "spec.defaultBackend", required: false))
            yield return problem;

        foreach (var rule in spec.Rules ?? [])
        {
            if (!string.IsNullOrEmpty(rule.Host) && !Names.IsHost(rule.Host))
                yield return $"the host '{rule.Host}' is not a DNS name";
            foreach (var path in rule.Http?.Paths ?? [])
            {
                foreach (var problem in Path(path).Concat(Backend(path.Backend, $"the backend of path '{path.Path}'", required: true)))
                    yield return problem;
                if (string.IsNullOrEmpty(rule.Host) && path.Path?.TrimEnd('/') == Health.Path)
                    yield return $"{Health.Path} without a host belongs to the load balancer's health check";
            }
        }

        foreach (var host in (spec.Tls ?? []).SelectMany(t => t.Hosts ?? []).Where(h => !Names.IsHost(h)))
            yield return $"the TLS host '{host}' is not a DNS name";
    }

    private static IEnumerable<string> Path(V1HTTPIngressPath path)
    {
        if (path.PathType is not ("Exact" or "Prefix" or "ImplementationSpecific"))
            yield return $"the path type '{path.PathType}' is unknown";
        if (path.Path is null ? path.PathType == "Exact" : !Names.IsPath(path.Path))
            yield return $"the path '{path.Path}' is not absolute or has a character or element that is not allowed";
    }

    private static IEnumerable<string> Backend(V1IngressBackend? backend, string where, bool required)
    {
        if (backend is null)
        {
            if (required)
                yield return $"{where} is missing";
        }
        else if (backend.Service is null)
        {
            yield return $"{where} is not a service; resource backends are not supported";
        }
        else if (!Names.IsLabel(backend.Service.Name))
        {
            yield return $"{where} has '{backend.Service.Name}' for a service name";
        }
        else if (backend.Service.Port is not { } port || (port.Number is null && string.IsNullOrEmpty(port.Name)))
        {
            yield return $"{where} names no port";
        }
    }
}
