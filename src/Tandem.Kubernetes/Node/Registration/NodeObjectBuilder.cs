using System.Globalization;
using k8s.Models;
using Tandem.Kubernetes.Node.Eviction;

namespace Tandem.Kubernetes.Node.Registration;

/// <summary>The Node object of this machine. Pure.</summary>
internal static class NodeObjectBuilder
{
    public const string KubeletVersion = Api.ServerVersion.GitVersion;

    public static V1Node Build(NodeOptions options, MachineInfo machine) => new()
    {
        ApiVersion = "v1",
        Kind = "Node",
        Metadata = new V1ObjectMeta { Name = options.NodeName, Labels = Labels(options, machine) },
        Spec = new V1NodeSpec { PodCIDR = options.PodCidr, PodCIDRs = [options.PodCidr] },
    };

    public static Dictionary<string, string> Labels(NodeOptions options, MachineInfo machine)
    {
        var labels = new Dictionary<string, string>
        {
            ["kubernetes.io/hostname"] = options.NodeName,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = machine.Architecture,
            ["beta.kubernetes.io/os"] = "linux",
            ["beta.kubernetes.io/arch"] = machine.Architecture,
        };
        foreach (var (key, value) in options.NodeLabels)
            labels[key] = value;
        return labels;
    }

    /// <param name="options">The node.</param>
    /// <param name="machine">The machine as it is now.</param>
    /// <param name="runtime">Such as <c>containerd://1.6.20</c>.</param>
    /// <param name="runtimeProblem">Why no pods can run, or null.</param>
    /// <param name="pressure">What the node is short of, such as MemoryPressure.</param>
    /// <param name="old">The conditions there were.</param>
    /// <param name="now">The time of this heartbeat.</param>
    public static V1NodeStatus Status(
        NodeOptions options, MachineInfo machine, string runtime, string? runtimeProblem, IReadOnlyList<string> pressure, IList<V1NodeCondition>? old, DateTimeOffset now)
    {
        var capacity = new Dictionary<string, ResourceQuantity>
        {
            ["cpu"] = new(machine.Cpus.ToString(CultureInfo.InvariantCulture)),
            ["memory"] = new($"{machine.Memory / 1024}Ki"),
            ["ephemeral-storage"] = new($"{machine.Disk / 1024}Ki"),
            ["pods"] = new(options.MaxPods.ToString(CultureInfo.InvariantCulture)),
        };
        return new V1NodeStatus
        {
            Capacity = capacity,
            Allocatable = new Dictionary<string, ResourceQuantity>(capacity)
            {
                ["memory"] = new($"{(machine.Memory - options.Eviction.MemoryAvailable) / 1024}Ki"),
                ["ephemeral-storage"] = new(((long)(machine.Disk * (1 - options.Eviction.DiskAvailable))).ToString(CultureInfo.InvariantCulture)),
            },
            Addresses =
            [
                new V1NodeAddress { Type = "InternalIP", Address = options.NodeAddress },
                new V1NodeAddress { Type = "Hostname", Address = options.NodeName },
            ],
            NodeInfo = new V1NodeSystemInfo
            {
                Architecture = machine.Architecture,
                BootID = machine.BootId,
                ContainerRuntimeVersion = runtime,
                KernelVersion = machine.KernelVersion,
                KubeletVersion = KubeletVersion,
                KubeProxyVersion = "",
                MachineID = machine.MachineId,
                SystemUUID = machine.MachineId,
                OperatingSystem = "linux",
                OsImage = machine.OsImage,
            },
            Conditions = Conditions(runtimeProblem, pressure, old ?? [], now),
        };
    }

    private static List<V1NodeCondition> Conditions(
        string? runtimeProblem, IReadOnlyList<string> pressure, IList<V1NodeCondition> old, DateTimeOffset now)
    {
        var memory = pressure.Contains(Shortage.MemoryPressure);
        var disk = pressure.Contains(Shortage.DiskPressure);
        List<V1NodeCondition> conditions =
        [
            Condition("MemoryPressure", memory, memory ? "KubeletHasInsufficientMemory" : "KubeletHasSufficientMemory",
                memory ? "kubelet has insufficient memory available" : "kubelet has sufficient memory available"),
            Condition("DiskPressure", disk, disk ? "KubeletHasDiskPressure" : "KubeletHasNoDiskPressure",
                disk ? "kubelet has disk pressure" : "kubelet has no disk pressure"),
            Condition("PIDPressure", false, "KubeletHasSufficientPID", "kubelet has sufficient PID available"),
            Condition("Ready", runtimeProblem is null, runtimeProblem is null ? "KubeletReady" : "KubeletNotReady",
                runtimeProblem ?? "kubelet is posting ready status"),
        ];
        foreach (var condition in conditions)
        {
            var before = old.FirstOrDefault(c => c.Type == condition.Type);
            condition.LastHeartbeatTime = now.UtcDateTime;
            condition.LastTransitionTime = before?.Status == condition.Status ? before.LastTransitionTime ?? now.UtcDateTime : now.UtcDateTime;
        }

        return conditions;
    }

    private static V1NodeCondition Condition(string type, bool status, string reason, string message) =>
        new() { Type = type, Status = status ? "True" : "False", Reason = reason, Message = message };
}
