using System.CommandLine;
using Tandem.Host;
using Tandem.Kubernetes;

namespace Tandem.Cli.Commands.Nodes;

/// <summary><c>tandem cluster run</c>: the control plane and node agent of one embedded cluster. <c>tandem host</c> starts it.</summary>
internal static class ClusterRunCommand
{
    public static Command Create()
    {
        var plan = new Option<string>("--plan") { Description = "The plan that 'tandem up' wrote.", Required = true };
        var name = new Option<string>("--name") { Description = "hot or standby.", Required = true };
        var command = new Command("run", "Run one embedded cluster (started by 'tandem host').") { plan, name };
        command.Hidden = true;
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var file = parsed.GetRequiredValue(plan);
            var read = HostPlan.Read(file);
            var cluster = read.Clusters.First(c => c.Name == parsed.GetRequiredValue(name));
            var state = new StateFolder(read.Platform, Path.GetDirectoryName(Path.GetDirectoryName(file)));
            await ClusterProgram.RunAsync(ClusterProcesses.Options(read, cluster, state), cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
