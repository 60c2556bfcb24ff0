using Tandem.Processes;

namespace Tandem.Kubernetes.Network;

/// <summary>The kernel's settings of this network namespace that the pod network needs.</summary>
internal static class NodeSysctls
{
    private const string BridgeFilter = "/proc/sys/net/bridge/bridge-nf-call-iptables";

    /// <exception cref="InvalidOperationException">The kernel cannot filter between pods on one bridge.</exception>
    /// <exception cref="UnauthorizedAccessException">This process may not change them.</exception>
    public static async Task ApplyAsync(CancellationToken cancellationToken)
    {
        if (!File.Exists(BridgeFilter))
        {
            var loaded = await ProcessRunner.RunAsync(new Command("modprobe", "br_netfilter"), cancellationToken);
            if (!File.Exists(BridgeFilter))
                throw new InvalidOperationException(
                    $"the kernel module br_netfilter is missing, without which Services and NetworkPolicies do not work between pods: {loaded.Error.Trim()}");
        }

        await SetAsync("/proc/sys/net/ipv4/ip_forward", "1", cancellationToken);
        await SetAsync(BridgeFilter, "1", cancellationToken);
        await SetAsync("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "1", cancellationToken);
        // Loose: the kernel takes the greater of "all" and the interface's own, and strict drops what hairpins through the bridge.
        await SetAsync("/proc/sys/net/ipv4/conf/all/rp_filter", "2", cancellationToken);
    }

    private static async Task SetAsync(string path, string value, CancellationToken cancellationToken)
    {
        if ((await File.ReadAllTextAsync(path, cancellationToken)).Trim() != value)
            await File.WriteAllTextAsync(path, value, cancellationToken);
    }
}
