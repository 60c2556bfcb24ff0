using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Host;

namespace Tandem.Cli.Commands.Parity;

/// <summary><c>tandem parity</c>: whether the standby is ready to take over, and what keeps it from that.</summary>
internal static class ParityCommand
{
    public static Command Create()
    {
        var file = CommonOptions.File();
        var state = CommonOptions.State();
        var output = CommonOptions.Output();
        var command = new Command("parity", "Say whether the standby is ready to take over, and what is not as it should be. Exits with 5 where it is not.") { file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            var clusters = ClusterAccess.Open(spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)));
            try
            {
                var verdict = await ParityLook.JudgeAsync(spec, clusters, cancellationToken);
                ParityReport.Print(ParityReport.Of(verdict, TimeProvider.System), parsed.GetRequiredValue(output) == "json");
                return verdict.Away.Count > 0 ? ExitCodes.NotReachable : verdict.Ready ? ExitCodes.Done : ExitCodes.NotReady;
            }
            finally
            {
                foreach (var cluster in clusters)
                    cluster.Dispose();
            }
        });
        return command;
    }
}
