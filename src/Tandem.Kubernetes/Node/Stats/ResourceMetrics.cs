using Sample = Tandem.Kubernetes.Node.Stats.PrometheusText.Sample;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The kubelet's <c>/metrics/resource</c>. Pure. See https://kubernetes.io/docs/reference/instrumentation/node-metrics/.</summary>
internal static class ResourceMetrics
{
    private const double Nanoseconds = 1e9;

    public static string Of(NodeStats node)
    {
        var text = new PrometheusText();
        text.Add("container_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the container in core-seconds", Containers(node, c => c.CpuNanoseconds / Nanoseconds));
        text.Add("container_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the container in bytes", Containers(node, c => c.Memory.WorkingSet));
        text.Add("container_start_time_seconds", "gauge", "[STABLE] Start time of the container since unix epoch in seconds", Containers(node, c => c.StartedAt.ToUnixTimeMilliseconds() / 1e3));
        text.Add("node_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the node in core-seconds", [new Sample([], node.CpuNanoseconds / Nanoseconds, node.At)]);
        text.Add("node_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the node in bytes", [new Sample([], node.MemoryWorkingSet, node.At)]);
        text.Add("pod_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the pod in core-seconds", Pods(node, p => p.CpuNanoseconds / Nanoseconds));
        text.Add("pod_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the pod in bytes", Pods(node, p => p.Memory.WorkingSet));
        text.Add("resource_scrape_error", "gauge", "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise", [new Sample([], 0)]);
        return text.ToString();
    }

    private static IEnumerable<Sample> Containers(NodeStats node, Func<ContainerStats, double> value) => node.Pods.SelectMany(
        p => p.Containers.Select(c => new Sample([("container", c.Name), ("namespace", p.Namespace), ("pod", p.Name)], value(c), c.At)));

    private static IEnumerable<Sample> Pods(NodeStats node, Func<PodStats, double> value) =>
        node.Pods.Select(p => new Sample([("namespace", p.Namespace), ("pod", p.Name)], value(p), node.At));
}
