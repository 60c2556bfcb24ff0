using k8s.Models;

namespace Tandem.Kubernetes.Node.Admission;

/// <summary>The kernel parameters that a pod may set: the kubelet's safe ones, each of a namespace of the pod's own.</summary>
internal static class SysctlAllowlist
{
    private static readonly HashSet<string> Safe =
    [
        "kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range",
        "net.ipv4.ip_unprivileged_port_start", "net.ipv4.ip_local_reserved_ports", "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout",
        "net.ipv4.tcp_keepalive_intvl", "net.ipv4.tcp_keepalive_probes", "net.ipv4.tcp_rmem", "net.ipv4.tcp_wmem",
    ];

    /// <summary>What is wrong with the pod's parameters, or null.</summary>
    public static PodVerdict? Check(V1Pod pod) => (pod.Spec.SecurityContext?.Sysctls ?? [])
        .Select(s => Problem(Dotted(s.Name), pod)).OfType<string>().Select(p => new PodVerdict("SysctlForbidden", $"forbidden sysctl: {p}")).FirstOrDefault();

    /// <summary>Names may have slashes between their parts, and dots within them, as in net/ipv4/conf/eth0.1/forwarding.</summary>
    public static string Dotted(string name)
    {
        var separator = name.IndexOfAny(['.', '/']);
        return separator < 0 || name[separator] == '.' ? name
            : string.Create(name.Length, name, static (to, from) =>
            {
                for (var i = 0; i < from.Length; i++)
                    to[i] = from[i] switch { '/' => '.', '.' => '/', var other => other };
            });
    }

    private static string? Problem(string name, V1Pod pod)
    {
        if (!Safe.Contains(name))
            return $"\"{name}\" not allowlisted";
        var isNetwork = name.StartsWith("net.", StringComparison.Ordinal);
        if (isNetwork && pod.Spec.HostNetwork == true)
            return $"\"{name}\" not allowed with host net enabled";
        return !isNetwork && pod.Spec.HostIPC == true ? $"\"{name}\" not allowed with host ipc enabled" : null;
    }
}
