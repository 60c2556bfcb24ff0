using System.CommandLine;
using Tandem.Cli.Output;

namespace Tandem.Cli.Commands.Releases;

/// <summary><c>tandem deploy</c>: one release, to both clusters or to none.</summary>
internal static class DeployCommand
{
    public static Command Create()
    {
        var paths = ReleaseArguments.Paths();
        var arguments = new ReleaseArguments();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would change in each cluster." };
        var command = new Command("deploy", "Deploy the applications: to the standby first, to the cluster that serves only once they work there.") { paths, dryRun };
        arguments.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var (spec, state, json) = arguments.Read(parsed);
            var objects = await ReleaseArguments.ObjectsAsync(parsed.GetValue(paths), spec, cancellationToken);
            var progress = new Progress();
            using var session = await ReleaseSession.OpenAsync(spec, state, progress, cancellationToken);
            var content = session.Content(objects);
            if (parsed.GetValue(dryRun))
            {
                PlanReport.Print(await session.Manager.PlanAsync(content, arguments.IsDegraded(parsed), cancellationToken), json);
                return ExitCodes.Done;
            }

            var options = arguments.Options(parsed, await session.OptionsAsync(objects, cancellationToken));
            var release = await arguments.RunAsync(
                "deploy", parsed, spec, session, progress, () => session.Manager.DeployAsync(content, options, cancellationToken));
            await ReleaseReport.PrintAsync(release, spec, session.Clusters, progress, json, cancellationToken);
            return ExitCodes.Done;
        });
        return command;
    }
}
