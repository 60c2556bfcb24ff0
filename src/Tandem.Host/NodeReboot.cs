using System.Text.Json;
using Tandem.Host.Faults;
using Tandem.Host.Supervision;
using Tandem.Kubernetes.Node.Cgroups;

namespace Tandem.Host;

/// <summary>
/// Reboots an embedded node, as a machine does that is reset: everything that runs ends at once, what was only in memory is gone,
/// and what was on disk comes back under a new boot id.
/// </summary>
public sealed class NodeReboot(HostPlan plan, ClusterPlan cluster, StateFolder state)
{
    /// <summary>
    /// The boot id of a cluster's node: its last reboot's, for as long as this machine has not been rebooted itself; null means the machine's.
    /// </summary>
    public static string? BootId(StateFolder state, string cluster) =>
        Read(state, cluster) is { } boot && boot.Machine == MachineBoot() ? boot.Node : null;

    /// <summary>Whether what ran before a reboot has still to be cleared away.</summary>
    internal bool IsPending => Read(state, cluster.Name) is { Pending: true };

    /// <summary>Ends everything; the supervisor starts it again, with <see cref="BootAsync"/> before that.</summary>
    /// <returns>The node's new boot id.</returns>
    /// <exception cref="InvalidOperationException">The cluster does not run.</exception>
    public async Task<string> ResetAsync(CancellationToken cancellationToken)
    {
        if (ProcessRecord.Find(state.Processes, cluster.Name + "-etcd") is not { Process.IsRunning: true } etcd)
            throw new InvalidOperationException($"the {cluster.Name} cluster does not run; see: tandem status");
        var boot = new NodeBoot(MachineBoot(), Guid.NewGuid().ToString(), Pending: true);
        Write(boot);
        etcd.Process.Signal(NativeMethods.KillNow);
        await new MachineFaults(plan, state).InjectAsync(new MachineFault(MachineFaultKind.NodeKilled, cluster.Name), cancellationToken);
        return boot.Node;
    }

    /// <summary>Before containerd starts: where a reboot was asked for, nothing of what ran before may be left in its way.</summary>
    internal async Task BootAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        if (Read(state, cluster.Name) is not { Pending: true } boot)
            return;
        foreach (var process in NodeProcesses.All(plan, cluster, state))
            await ProcessEnd.StopAsync(process, TimeSpan.Zero, time, cancellationToken);
        MountEnd.DetachBelow(state.Cluster(cluster.Name));
        CgroupTree.Remove(ClusterProcesses.CgroupOf(plan.Platform, cluster.Name));
        var running = Path.Combine(state.Containerd(cluster.Name), "state");
        if (Directory.Exists(running))
            Directory.Delete(running, recursive: true);
        Write(boot with { Pending = false });
    }

    private static NodeBoot? Read(StateFolder state, string cluster) =>
        File.Exists(PathOf(state, cluster)) ? JsonSerializer.Deserialize<NodeBoot>(File.ReadAllBytes(PathOf(state, cluster))) : null;

    private void Write(NodeBoot boot) => WholeFile.Write(PathOf(state, cluster.Name), JsonSerializer.Serialize(boot));

    private static string PathOf(StateFolder state, string cluster) => Path.Combine(state.Cluster(cluster), "boot.json");

    private static string MachineBoot() => File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim();

    /// <param name="Machine">The boot id of the machine then.</param>
    /// <param name="Node">The node's own.</param>
    /// <param name="Pending">Whether the supervisor has still to clear away what ran before.</param>
    private sealed record NodeBoot(string Machine, string Node, bool Pending);
}
