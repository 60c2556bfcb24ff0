using System.CommandLine;
using System.Globalization;
using Tandem.Cli.Commands.Traffic;
using Tandem.Host;

namespace Tandem.Cli.Commands.Nodes;

/// <summary><c>tandem cluster restart</c>: reboots an embedded cluster's node and waits until its pods are ready again.</summary>
internal static class ClusterRestartCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static Command Create()
    {
        var arguments = new TrafficArguments();
        var name = new Argument<string>("CLUSTER") { Description = "hot or standby." };
        name.AcceptOnlyFromAmong("hot", "standby");
        var command = new Command("restart", "Reboot a cluster's node, as a machine that is reset, and wait until its pods are ready again.") { name };
        arguments.AddTo(command);
        command.SetRunner((parsed, cancellationToken) => arguments.RunAsync(
            parsed, (session, stop) => RunAsync(session, arguments.Folder(parsed, session.Spec), parsed.GetRequiredValue(name), stop), cancellationToken));
        return command;
    }

    private static async Task RunAsync(TrafficSession session, StateFolder folder, string name, CancellationToken cancellationToken)
    {
        if (!session.Spec.Clusters.Single(c => c.Name == name).IsEmbedded)
            throw new UsageException($"the {name} cluster is not embedded: reboot its nodes where they are");
        if (session.Clusters.Count == 0)
            throw session.NotSetUp();
        var broken = (await session.HealthAsync(cancellationToken)).Serving == name
            ? new[] { $"the {name} cluster serves: users would go without until the other one has taken over; move them first with: tandem switchover" } : [];
        var plan = HostPlan.Read(folder.Plan);
        var restart = new NodeRestart(
            session.Clusters.Single(c => c.Name == name), new NodeReboot(plan, plan.Clusters.Single(c => c.Name == name), folder), TimeProvider.System);
        NodeRestartReport? report = null;
        await session.Audit.RunAsync("restart", session.Reason, session.Override, broken, async () =>
        {
            report = await restart.RunAsync(Patience, session.Progress.Say, cancellationToken);
            return string.Create(CultureInfo.InvariantCulture, $"{name}, {report.Pods} pods ready again after {report.Seconds:0.0} s");
        });
        if (session.Json)
            Output.Json.Print(report);
        session.Progress.Done(string.Create(
            CultureInfo.InvariantCulture, $"node {report!.Node} has been rebooted: ready after {report.NodeSeconds:0.0} s, its {report.Pods} pods after {report.Seconds:0.0} s"));
    }
}
