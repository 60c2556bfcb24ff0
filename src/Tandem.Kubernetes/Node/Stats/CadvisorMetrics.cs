using Sample = Tandem.Kubernetes.Node.Stats.PrometheusText.Sample;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>The kubelet's <c>/metrics/cadvisor</c>: those of its metrics that dashboards and alerts ask for. Pure. See
/// https://github.com/google/cadvisor/blob/master/docs/storage/prometheus.md.</summary>
internal static class CadvisorMetrics
{
    private const double Nanoseconds = 1e9;

    public static string Of(NodeStats node, int cpus)
    {
        var text = new PrometheusText();
        text.Add("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.", All(node, [("cpu", "total")], p => p.CpuNanoseconds / Nanoseconds, c => c.CpuNanoseconds / Nanoseconds));
        text.Add("container_memory_working_set_bytes", "gauge", "Current working set in bytes.", All(node, [], p => p.Memory.WorkingSet, c => c.Memory.WorkingSet));
        text.Add("container_memory_usage_bytes", "gauge", "Current memory usage in bytes, including all memory regardless of when it was accessed", All(node, [], p => p.Memory.Usage, c => c.Memory.Usage));
        text.Add("container_memory_rss", "gauge", "Size of RSS in bytes.", All(node, [], p => p.Memory.Rss, c => c.Memory.Rss));
        text.Add("container_fs_usage_bytes", "gauge", "Number of bytes that are consumed by the container on this filesystem.", Containers(node, c => c.Root.Bytes));
        text.Add("container_fs_limit_bytes", "gauge", "Number of bytes that can be consumed by the container on this filesystem.", Containers(node, _ => node.FileSystem.Capacity));
        text.Add("container_fs_inodes_total", "gauge", "Number of Inodes", Containers(node, _ => node.FileSystem.Inodes));
        text.Add("container_fs_inodes_free", "gauge", "Number of available Inodes", Containers(node, _ => node.FileSystem.InodesFree));
        Network(text, node);
        text.Add("container_processes", "gauge", "Number of processes running inside the container.", Pods(node, p => p.Processes));
        text.Add("container_start_time_seconds", "gauge", "Start time of the container since unix epoch in seconds.", All(node, [], p => p.StartedAt.ToUnixTimeSeconds(), c => c.StartedAt.ToUnixTimeSeconds()));
        text.Add("container_last_seen", "gauge", "Last time a container was seen by the exporter", All(node, [], _ => node.At.ToUnixTimeSeconds(), c => c.At.ToUnixTimeSeconds()));
        text.Add("machine_cpu_cores", "gauge", "Number of logical CPU cores.", [new Sample([], cpus)]);
        text.Add("machine_memory_bytes", "gauge", "Amount of memory installed on the machine.", [new Sample([], node.MemoryCapacity)]);
        return text.ToString();
    }

    private static void Network(PrometheusText text, NodeStats node)
    {
        (string Name, string Help, Func<InterfaceStats, long> Value)[] counters =
        [
            ("receive_bytes", "bytes received", i => i.RxBytes), ("receive_packets", "packets received", i => i.RxPackets),
            ("receive_errors", "errors encountered while receiving", i => i.RxErrors), ("receive_packets_dropped", "packets dropped while receiving", i => i.RxDropped),
            ("transmit_bytes", "bytes transmitted", i => i.TxBytes), ("transmit_packets", "packets transmitted", i => i.TxPackets),
            ("transmit_errors", "errors encountered while transmitting", i => i.TxErrors), ("transmit_packets_dropped", "packets dropped while transmitting", i => i.TxDropped),
        ];
        foreach (var (name, help, value) in counters)
            text.Add(
                $"container_network_{name}_total", "counter", $"Cumulative count of {help}",
                node.Pods.SelectMany(p => p.Network.Select(i => new Sample([.. Labels(p), ("interface", i.Name)], value(i), node.At))));
    }

    private static IEnumerable<Sample> All(NodeStats node, (string, string)[] more, Func<PodStats, double> ofPod, Func<ContainerStats, double> ofContainer) =>
        Pods(node, ofPod, more).Concat(Containers(node, ofContainer, more));

    private static IEnumerable<Sample> Pods(NodeStats node, Func<PodStats, double> value, params (string, string)[] more) =>
        node.Pods.Select(p => new Sample([.. Labels(p), .. more], value(p), node.At));

    private static IEnumerable<Sample> Containers(NodeStats node, Func<ContainerStats, double> value, params (string, string)[] more) => node.Pods.SelectMany(
        p => p.Containers.Select(c => new Sample(
            [("container", c.Name), ("id", c.Cgroup), ("image", c.Image), ("name", c.Id), ("namespace", p.Namespace), ("pod", p.Name), .. more], value(c), c.At)));

    // A pod as a whole is the group that its containers are in.
    private static (string, string)[] Labels(PodStats pod) =>
        [("container", ""), ("id", pod.Cgroup), ("image", ""), ("name", ""), ("namespace", pod.Namespace), ("pod", pod.Name)];
}
