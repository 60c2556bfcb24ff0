using Tandem.Host.Networking;
using Tandem.Host.Supervision;

namespace Tandem.Host.Faults;

/// <summary>
/// Breaks parts of a platform on this machine, and heals them. What lasts is in the journal from before it is broken until
/// it is healed.
/// </summary>
public sealed class MachineFaults(HostPlan plan, StateFolder state)
{
    private readonly PlatformNetwork _network = new(plan);
    private readonly LinkRules _rules = new(plan);

    /// <summary>Breaks something.</summary>
    /// <exception cref="InvalidOperationException">What is to be broken does not run.</exception>
    public async Task InjectAsync(MachineFault fault, CancellationToken cancellationToken)
    {
        if (fault.Lasts)
            Note(faults => [.. faults, fault]);
        await (fault.Kind switch
        {
            MachineFaultKind.LinkDown => _network.SetLinkAsync(fault.Cluster, up: false, cancellationToken),
            MachineFaultKind.AnswersLost => _rules.DropAllAsync(fault.Cluster, cancellationToken),
            MachineFaultKind.PacketsLost => _rules.DropSomeAsync(fault.Cluster, cancellationToken),
            MachineFaultKind.IngressStopped => Signal(NodeProcesses.OfIngress(plan, Cluster(fault)), NativeMethods.Stop),
            MachineFaultKind.ApiStopped => Signal(Running(fault.Cluster + "-cluster"), NativeMethods.Stop),
            MachineFaultKind.EtcdStopped => Signal(Running(fault.Cluster + "-etcd"), NativeMethods.Stop),
            MachineFaultKind.NodeKilled => Signal(
                [.. Running(fault.Cluster + "-cluster"), .. Running(fault.Cluster + "-containerd"), .. NodeProcesses.All(plan, Cluster(fault), state)],
                NativeMethods.KillNow),
            MachineFaultKind.BalancerKilled => Signal([.. Records().Where(r => NameServerPlan.IsProcess(r.Name)).Select(r => r.Process)], NativeMethods.KillNow),
            _ => throw new ArgumentOutOfRangeException(nameof(fault)),
        });
    }

    /// <summary>Heals something, whether or not it is broken.</summary>
    public async Task HealAsync(MachineFault fault, CancellationToken cancellationToken)
    {
        if (!fault.Lasts)
            return;
        await (fault.Kind switch
        {
            MachineFaultKind.LinkDown => _network.SetLinkAsync(fault.Cluster, up: true, cancellationToken),
            MachineFaultKind.AnswersLost or MachineFaultKind.PacketsLost => _rules.RemoveAsync(fault.Cluster, cancellationToken),
            MachineFaultKind.IngressStopped => Continue(NodeProcesses.OfIngress(plan, Cluster(fault))),
            _ => Continue([.. Records().Where(r => r.Name.StartsWith(fault.Cluster + "-", StringComparison.Ordinal)).Select(r => r.Process)]),
        });
        Note(faults => [.. faults.Where(f => f != fault)]);
    }

    /// <summary>Heals everything that a drill left which does not run any more.</summary>
    /// <returns>What was healed; empty where there was nothing.</returns>
    public async Task<IReadOnlyList<MachineFault>> HealAbandonedAsync(CancellationToken cancellationToken)
    {
        if (FaultJournal.Read(state) is not { Owner.IsRunning: false } journal)
            return [];
        foreach (var fault in journal.Faults.Reverse())
            await HealAsync(fault, cancellationToken);
        return journal.Faults;
    }

    /// <summary>Changes the journal. Whoever heals for another leaves the other's name in it until it is empty.</summary>
    private void Note(Func<IReadOnlyList<MachineFault>, IReadOnlyList<MachineFault>> change)
    {
        var journal = FaultJournal.Read(state) ?? new FaultJournal(ProcessIdentity.Of(Environment.ProcessId)!, []);
        (journal with { Faults = change(journal.Faults) }).Write(state);
    }

    private ClusterPlan Cluster(MachineFault fault) => plan.Clusters.First(c => c.Name == fault.Cluster);

    private IReadOnlyList<ProcessRecord> Records() => ProcessRecord.ReadAll(state.Processes);

    private IReadOnlyList<ProcessIdentity> Running(string name) =>
        ProcessRecord.Find(state.Processes, name) is { Process.IsRunning: true } record ? [record.Process] : [];

    private static Task Signal(IReadOnlyList<ProcessIdentity> processes, int signal)
    {
        if (processes.Count == 0)
            throw new InvalidOperationException("what the drill is to break does not run; see: tandem status");
        foreach (var process in processes)
            process.Signal(signal);
        return Task.CompletedTask;
    }

    private static Task Continue(IReadOnlyList<ProcessIdentity> processes)
    {
        foreach (var process in processes)
            process.Signal(NativeMethods.Continue);
        return Task.CompletedTask;
    }
}
