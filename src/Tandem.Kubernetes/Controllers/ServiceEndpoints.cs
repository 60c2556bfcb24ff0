using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>The endpoints of a Service: its pods, grouped by the ports they offer. Pure.</summary>
internal static class ServiceEndpoints
{
    /// <summary>Pods that offer the same ports.</summary>
    internal sealed record Group(IReadOnlyList<Port> Ports, IReadOnlyList<V1Pod> Pods);

    internal sealed record Port(string? Name, int? Number, string Protocol, string? AppProtocol);

    public static IReadOnlyList<Group> Of(V1Service service, IEnumerable<V1Pod> pods) =>
    [
        .. pods.Where(p => !string.IsNullOrEmpty(p.Status?.PodIP) && p.Status.Phase is not ("Succeeded" or "Failed"))
            .GroupBy(p => string.Join(',', PortsOf(service, p)))
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new Group(PortsOf(service, g.First()), [.. g.OrderBy(p => p.Metadata.Name, StringComparer.Ordinal)])),
    ];

    public static bool IsReady(V1Service service, V1Pod pod) =>
        (pod.IsReady() && pod.Metadata.DeletionTimestamp is null) || service.Spec.PublishNotReadyAddresses == true;

    public static V1ObjectReference Reference(V1Pod pod) => new()
    {
        Kind = "Pod", Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty, Uid = pod.Metadata.Uid,
    };

    private static List<Port> PortsOf(V1Service service, V1Pod pod)
    {
        var ports = new List<Port>();
        foreach (var port in service.Spec.Ports ?? [])
            if (Target(port, pod) is { } number)
                ports.Add(new Port(port.Name, number, port.Protocol ?? "TCP", port.AppProtocol));
        return ports;
    }

    private static int? Target(V1ServicePort port, V1Pod pod)
    {
        var target = port.TargetPort?.Value;
        if (string.IsNullOrEmpty(target))
            return port.Port;
        if (int.TryParse(target, out var number))
            return number;
        return pod.Spec.Containers.SelectMany(c => c.Ports ?? []).FirstOrDefault(p => p.Name == target && (p.Protocol ?? "TCP") == (port.Protocol ?? "TCP"))?.ContainerPort;
    }
}
