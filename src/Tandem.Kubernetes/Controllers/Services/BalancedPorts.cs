using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Services;

/// <summary>Whether a Service of type LoadBalancer can have its ports at the node's address. Pure.</summary>
internal static class BalancedPorts
{
    /// <summary>The node agent's port, taken like the API's own.</summary>
    private const int NodeAgent = 10250;

    /// <summary>Whether this cluster serves it: one with a class is somebody else's, as kubernetes.io says.</summary>
    public static bool IsOurs(V1Service service) =>
        service.Spec.Type == "LoadBalancer" && string.IsNullOrEmpty(service.Spec.LoadBalancerClass) && service.Metadata.DeletionTimestamp is null;

    /// <summary>Who has a port that the Service wants, for people; null where nobody does.</summary>
    /// <param name="wanted">The Service.</param>
    /// <param name="services">All Services.</param>
    /// <param name="pods">All pods.</param>
    /// <param name="apiPort">The API's.</param>
    public static string? Holder(V1Service wanted, IEnumerable<V1Service> services, IEnumerable<V1Pod> pods, int apiPort)
    {
        var ports = Ports(wanted);
        foreach (var own in new[] { apiPort, NodeAgent })
            if (ports.Contains(("TCP", own)))
                return $"port {own}/TCP is the node's own";
        foreach (var pod in pods.Where(p => p.Status?.Phase is not ("Succeeded" or "Failed")))
            foreach (var port in pod.Spec.Containers.SelectMany(c => c.Ports ?? []))
                if (HostPort(pod, port) is { } number && ports.Contains((port.Protocol ?? "TCP", number)))
                    return $"port {number}/{port.Protocol ?? "TCP"} is a host port of the pod {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}";
        foreach (var other in services.Where(s => IsOurs(s) && s.Metadata.Uid != wanted.Metadata.Uid && IsBefore(s, wanted)))
            foreach (var (protocol, number) in Ports(other).Where(ports.Contains))
                return $"port {number}/{protocol} is that of the Service {other.Metadata.NamespaceProperty}/{other.Metadata.Name}";
        return null;
    }

    private static HashSet<(string Protocol, int Number)> Ports(V1Service service) =>
        [.. (service.Spec.Ports ?? []).Select(p => (p.Protocol ?? "TCP", p.Port))];

    private static int? HostPort(V1Pod pod, V1ContainerPort port) =>
        pod.Spec.HostNetwork == true ? port.ContainerPort : port.HostPort is > 0 ? port.HostPort : null;

    // Who has the node's address keeps it; the older gets it where none has, and keeps it where two were given it at once.
    private static bool IsBefore(V1Service one, V1Service other) =>
        HasAddress(one) != HasAddress(other) ? HasAddress(one) : Age(one).CompareTo(Age(other)) < 0;

    private static bool HasAddress(V1Service service) => service.Status?.LoadBalancer?.Ingress is { Count: > 0 };

    private static (DateTime, string?) Age(V1Service service) => (service.Metadata.CreationTimestamp ?? DateTime.MaxValue, service.Metadata.Uid);
}
