using System.CommandLine;
using Tandem.Cli.Embedded;
using Tandem.Host;
using Tandem.Platform.Parity;
using Tandem.Platform.Parity.Watching;

namespace Tandem.Cli.Commands.Parity;

/// <summary><c>tandem parity</c>: whether the standby is ready to take over, and what keeps it from that.</summary>
internal static class ParityCommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

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
                var watch = new ParityWatch(clusters[0], clusters[1], spec.Name, TimeProvider.System);
                var view = await ParityOnce.LookAsync(watch, Patience, TimeProvider.System, cancellationToken);
                var verdict = new FindingTracker().Track(ParityCheck.Judge(view));
                verdict = await new DriftFields(clusters, spec.Name).AddAsync(verdict, view.History.Current, cancellationToken);
                ParityReport.Print(ParityReport.Of(verdict, TimeProvider.System), parsed.GetRequiredValue(output) == "json");
                return view.Clusters.Any(c => c.IsAway) ? ExitCodes.NotReachable : verdict.Ready ? ExitCodes.Done : ExitCodes.NotReady;
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
