using k8s.Models;
using Tandem.Kubernetes.Node.Pods;

namespace Tandem.Kubernetes.Node.Containers;

/// <summary>What the downward API gives for a <c>fieldRef</c>.</summary>
internal static class FieldPath
{
    /// <exception cref="ContainerConfigException">The path names no field.</exception>
    public static string Resolve(V1Pod pod, string path, string? podIp, string hostIp)
    {
        if (Subscript(path, "metadata.labels") is { } label)
            return Lookup(pod.Metadata.Labels, label);
        if (Subscript(path, "metadata.annotations") is { } annotation)
            return Lookup(pod.Metadata.Annotations, annotation);
        return path switch
        {
            "metadata.name" => pod.Metadata.Name,
            "metadata.namespace" => pod.Metadata.NamespaceProperty,
            "metadata.uid" => pod.Metadata.Uid,
            "metadata.labels" => Map(pod.Metadata.Labels),
            "metadata.annotations" => Map(pod.Metadata.Annotations),
            "spec.nodeName" => pod.Spec.NodeName,
            "spec.serviceAccountName" => pod.Spec.ServiceAccountName ?? "",
            "status.hostIP" or "status.hostIPs" => hostIp,
            "status.podIP" or "status.podIPs" => podIp ?? "",
            _ => throw new ContainerConfigException($"unsupported fieldPath: {path}"),
        };
    }

    /// <summary>A resource of a container, in units of the divisor, rounded up.</summary>
    /// <exception cref="ContainerConfigException">No such container or resource.</exception>
    public static string Resource(V1Pod pod, V1ResourceFieldSelector selector, string containerName, Func<string, decimal> allocatable)
    {
        var container = pod.FindContainer(selector.ContainerName ?? containerName)
            ?? throw new ContainerConfigException($"container {selector.ContainerName} not found");
        var divisor = selector.Divisor?.ToDecimal() is { } d and > 0 ? d : 1;
        var value = selector.Resource switch
        {
            "limits.cpu" or "limits.memory" or "limits.ephemeral-storage" => container.Limit(selector.Resource[7..]) ?? allocatable(selector.Resource[7..]),
            "requests.cpu" or "requests.memory" or "requests.ephemeral-storage" => container.Request(selector.Resource[9..]) ?? 0,
            _ => throw new ContainerConfigException($"unsupported container resource : {selector.Resource}"),
        };
        return decimal.Ceiling(value / divisor).ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    private static string? Subscript(string path, string field) =>
        path.StartsWith(field + "['", StringComparison.Ordinal) && path.EndsWith("']", StringComparison.Ordinal)
            ? path[(field.Length + 2)..^2] : null;

    private static string Lookup(IDictionary<string, string>? map, string key) =>
        map is not null && map.TryGetValue(key, out var value) ? value : "";

    // As the kubelet writes it: key="value" with Go's quoting, sorted.
    private static string Map(IDictionary<string, string>? map) => string.Join('\n', (map ?? new Dictionary<string, string>())
        .OrderBy(p => p.Key, StringComparer.Ordinal)
        .Select(p => $"{p.Key}=\"{p.Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\""));
}
