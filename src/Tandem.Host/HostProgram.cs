using Microsoft.Extensions.Logging;
using Tandem.Host.Faults;
using Tandem.Host.Networking;
using Tandem.Host.Supervision;

namespace Tandem.Host;

/// <summary>
/// The process <c>tandem host</c>: makes the network and keeps the platform's processes running. Ending it ends none of
/// them; the next one takes them over.
/// </summary>
public static class HostProgram
{
    /// <summary>Runs until it is told to stop.</summary>
    /// <param name="planFile">The plan that <c>tandem up</c> wrote.</param>
    /// <param name="stateRoot">Where the state folders are.</param>
    /// <param name="logs">Where to log.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public static async Task RunAsync(string planFile, string stateRoot, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        var plan = HostPlan.Read(planFile);
        var state = new StateFolder(plan.Platform, stateRoot);
        var log = logs.CreateLogger("Tandem.Host");
        await new PlatformNetwork(plan).CreateAsync(cancellationToken);
        var specs = Specs(plan, state).ToList();
        await StopOthersAsync(specs, state, cancellationToken);
        await Task.WhenAll(
            specs.Select(s => new ProcessSupervisor(s, state, TimeProvider.System, log).RunAsync(cancellationToken))
                .Append(new StubResolver(plan, TimeProvider.System, log).RunAsync(cancellationToken))
                .Append(new FaultHealer(new MachineFaults(plan, state), state, TimeProvider.System, log).RunAsync(cancellationToken)));
    }

    /// <summary>Everything that a plan runs.</summary>
    public static IEnumerable<ProcessSpec> Specs(HostPlan plan, StateFolder state)
    {
        if (plan.LoadBalancer is { } lb)
            foreach (var server in NameServerPlan.Of(lb))
                yield return new ProcessSpec(server.Name, Programs.Tandem(plan.Programs, [.. server.Arguments(state.Plan, lb)]), null);
        if (plan.Agent is { } agent)
            yield return new ProcessSpec(
                "agent",
                Programs.Tandem(plan.Programs, "agent", "--file", agent.File, "--state", Path.GetDirectoryName(state.Root)!, "--revision", agent.Revision),
                null);
        foreach (var cluster in plan.Clusters)
            foreach (var spec in new ClusterProcesses(plan, cluster, state, TimeProvider.System).Specs())
                yield return spec;
    }

    /// <summary>What an earlier plan ran and this one does not.</summary>
    private static async Task StopOthersAsync(List<ProcessSpec> specs, StateFolder state, CancellationToken cancellationToken)
    {
        foreach (var record in ProcessRecord.ReadAll(state.Processes).Where(r => r.Name != HostKeeper.Name && specs.All(s => s.Name != r.Name)))
        {
            await ProcessEnd.StopAsync(record.Process, TimeSpan.FromSeconds(10), TimeProvider.System, cancellationToken);
            ProcessRecord.Delete(state.Processes, record.Name);
        }
    }
}
