using System.CommandLine;
using Tandem.Cli.Output;

namespace Tandem.Cli.Commands.Releases;

/// <summary><c>tandem rollback</c>: what an earlier release had, as a new release.</summary>
internal static class RollbackCommand
{
    public static Command Create()
    {
        var number = new Argument<int?>("N") { Description = "The release to go back to. Without it, the one before the current one.", Arity = ArgumentArity.ZeroOrOne };
        var arguments = new ReleaseArguments();
        var command = new Command("rollback", "Deploy an earlier release again, in the same careful order.") { number };
        arguments.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var (spec, state, json) = arguments.Read(parsed);
            var progress = new Progress();
            using var session = await ReleaseSession.OpenAsync(spec, state, progress, cancellationToken);
            var options = arguments.Options(parsed, await session.OptionsAsync([], cancellationToken));
            var release = await arguments.RunAsync(
                "rollback", parsed, spec, session, progress, () => session.Manager.RollBackAsync(parsed.GetValue(number), options, cancellationToken));
            await ReleaseReport.PrintAsync(release, spec, session.Clusters, progress, json, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
