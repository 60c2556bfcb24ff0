using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Whether a node has room: CPU, memory, pods and host ports. Pure.</summary>
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
        foreach (var resource in new[] { "cpu", "memory" })
            if (Allocatable(node, resource) is { } room && here.Sum(p => Requested(p, resource)) + Requested(pod, resource) > room)
                return $"Insufficient {resource}";
        var taken = here.SelectMany(HostPorts).ToHashSet();
        return HostPorts(pod).Any(taken.Contains) ? "node(s) didn't have free ports for the requested pod ports" : null;
    }

    /// <summary>The sum of the containers, or the largest init container, whichever is more.</summary>
    private static decimal Requested(V1Pod pod, string resource)
    {
        var main = pod.Spec.Containers.Sum(c => Request(c, resource));
        var init = (pod.Spec.InitContainers ?? []).Select(c => Request(c, resource)).DefaultIfEmpty(0).Max();
        return Math.Max(main, init);
    }

    private static decimal Request(V1Container container, string resource) =>
        container.Resources?.Requests?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : 0;

    private static decimal? Allocatable(V1Node node, string resource) =>
        node.Status?.Allocatable?.TryGetValue(resource, out var quantity) == true ? quantity.ToDecimal() : null;

    private static IEnumerable<(int Port, string Protocol)> HostPorts(V1Pod pod) =>
        pod.Spec.Containers.SelectMany(c => c.Ports ?? []).Where(p => p.HostPort is > 0).Select(p => (p.HostPort!.Value, p.Protocol ?? "TCP"));
}
