using System.CommandLine;
using Tandem.Cli.Output;

namespace Tandem.Cli.Commands.Releases;

/// <summary><c>tandem diff</c>: the files against both clusters.</summary>
internal static class DiffCommand
{
    public static Command Create()
    {
        var paths = ReleaseArguments.Paths();
        var arguments = new ReleaseArguments();
        var command = new Command("diff", "Show what differs between the files and each cluster. Exits with 5 where anything does.") { paths };
        arguments.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var (spec, state, json) = arguments.Read(parsed);
            var objects = await ReleaseArguments.ObjectsAsync(parsed.GetValue(paths), spec, cancellationToken);
            using var session = await ReleaseSession.OpenAsync(spec, state, new Progress(), cancellationToken);
            var plans = await session.Manager.PlanAsync(session.Content(objects), arguments.IsDegraded(parsed), cancellationToken);
            PlanReport.Print(plans, json);
            return plans.Values.All(p => p.IsEmpty) ? ExitCodes.Done : ExitCodes.NotReady;
        });
        return command;
    }
}
