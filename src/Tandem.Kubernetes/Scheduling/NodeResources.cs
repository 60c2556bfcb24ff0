using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Whether a node has room: for each resource that is asked for, for pods and host ports. Pure.</summary>
internal static class NodeResources
{
    /// <summary>What does not fit, in the scheduler's words; null where all does.</summary>
    /// <param name="pod">Who is to go there.</param>
    /// <param name="node">The node.</param>
    /// <param name="here">Who is there already.</param>
    public static string? Reason(V1Pod pod, V1Node node, IReadOnlyCollection<V1Pod> here)
    {
        if (Allocatable(node, "pods") is { } count && here.Count + 1 > count)
            return "Too many pods";
        foreach (var resource in Resources(pod))
            if (Requested(pod, resource) is var wanted and > 0 && here.Sum(p => Requested(p, resource)) + wanted > (Allocatable(node, resource) ?? 0))
                return $"Insufficient {resource}";
        var taken = here.SelectMany(HostPorts).ToHashSet();
        return HostPorts(pod).Any(taken.Contains) ? "node(s) didn't have free ports for the requested pod ports" : null;
    }

    private static IEnumerable<string> Resources(V1Pod pod) =>
        All(pod).SelectMany(c => c.Resources?.Requests?.Keys ?? Enumerable.Empty<string>()).Distinct().Order(StringComparer.Ordinal);

    private static IEnumerable<V1Container> All(V1Pod pod) => pod.Spec.Containers.Concat(pod.Spec.InitContainers ?? []);

    /// <summary>The most that runs at a time: the containers with all sidecars, or an init container with the sidecars before it.</summary>
    private static decimal Requested(V1Pod pod, string resource)
    {
        var (sidecars, peak) = (0m, 0m);
        foreach (var container in pod.Spec.InitContainers ?? [])
        {
            peak = Math.Max(peak, sidecars + Request(container, resource));
            if (container.RestartPolicy == "Always")
                sidecars += Request(container, resource);
        }

        return Math.Max(peak, sidecars + pod.Spec.Containers.Sum(c => Request(c, resource)));
    }

    private static decimal Request(V1Container container, string resource) =>
        container.Resources?.Requests?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : 0;

    private static decimal? Allocatable(V1Node node, string resource) =>
        node.Status?.Allocatable?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : null;

    private static IEnumerable<(int Port, string Protocol)> HostPorts(V1Pod pod) =>
        pod.Spec.Containers.SelectMany(c => c.Ports ?? []).Where(p => p.HostPort is > 0).Select(p => (p.HostPort!.Value, p.Protocol ?? "TCP"));
}
