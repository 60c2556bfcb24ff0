using Tandem.Host.Faults;
using Tandem.Host.Networking;
using Tandem.Host.Supervision;
using Tandem.Kubernetes.Node;
using Tandem.Kubernetes.Node.Cgroups;

namespace Tandem.Host;

/// <summary>
/// Ends a platform: processes, containers, mounts, namespaces, links, rules and control groups. It needs nobody's help, so
/// it works whatever is still alive.
/// </summary>
public sealed class Teardown(StateFolder state, TimeProvider time)
{
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    /// <summary>Ends everything; the state stays.</summary>
    /// <param name="progress">Told what is being done.</param>
    /// <param name="cancellationToken">Ends it half-way; it can be run again.</param>
    /// <returns>Whether there was anything to end.</returns>
    public async Task<bool> RunAsync(Action<string> progress, CancellationToken cancellationToken)
    {
        if (!File.Exists(state.Plan))
            return false;
        var plan = HostPlan.Read(state.Plan);

        progress("stopping the supervisor and the load balancer");
        await StopAsync(r => r.Name is HostKeeper.Name, cancellationToken);
        await new MachineFaults(plan, state).HealAbandonedAsync(cancellationToken);
        await StopAsync(r => NameServerPlan.IsProcess(r.Name) || r.Name is "agent" || r.Name.EndsWith("-cluster", StringComparison.Ordinal), cancellationToken);
        progress("stopping the containers");
        await Task.WhenAll(plan.Clusters.Select(c => StopContainersAsync(plan, c, cancellationToken)));
        progress("stopping containerd and etcd");
        await StopAsync(_ => true, cancellationToken);
        await KillLeftoversAsync(plan, cancellationToken);
        progress("removing mounts, control groups, links and namespaces");
        MountEnd.DetachBelow(state.Root);
        foreach (var cluster in plan.Clusters)
            CgroupTree.Remove(ClusterProcesses.CgroupOf(plan.Platform, cluster.Name));
        RemoveEmpty(Path.GetDirectoryName(ClusterProcesses.CgroupOf(plan.Platform, "x"))!);
        RemoveEmpty("/tandem");
        await new PlatformNetwork(plan).RemoveAsync(cancellationToken);
        File.Delete(state.Plan);
        return true;
    }

    private async Task StopAsync(Func<ProcessRecord, bool> which, CancellationToken cancellationToken)
    {
        var records = ProcessRecord.ReadAll(state.Processes).Where(which).ToList();
        await Task.WhenAll(records.Select(r => ProcessEnd.StopAsync(r.Process, Grace, time, cancellationToken)));
        foreach (var record in records)
            ProcessRecord.Delete(state.Processes, record.Name);
    }

    private async Task StopContainersAsync(HostPlan plan, ClusterPlan cluster, CancellationToken cancellationToken)
    {
        var record = ProcessRecord.Find(state.Processes, cluster.Name + "-containerd");
        var options = ClusterProcesses.Options(plan, cluster, state);
        if (record?.Process.IsRunning == true)
            await NodeTeardown.RemoveAllPodsAsync(options.ContainerdSocket, cancellationToken);
    }

    /// <summary>What containerd could not end because it was dead itself.</summary>
    private async Task KillLeftoversAsync(HostPlan plan, CancellationToken cancellationToken)
    {
        foreach (var process in plan.Clusters.SelectMany(c => NodeProcesses.All(plan, c, state)).ToList())
            await ProcessEnd.StopAsync(process, TimeSpan.Zero, time, cancellationToken);
    }

    private static void RemoveEmpty(string cgroup)
    {
        if (!CgroupTree.HasChildren(cgroup))
            CgroupTree.Remove(cgroup);
    }
}
