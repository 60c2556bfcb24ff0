using System.CommandLine;
using Tandem.Cli.Output;

namespace Tandem.Cli.Commands.Releases;

/// <summary><c>tandem sync</c>: brings a cluster that was away to the current release.</summary>
internal static class SyncCommand
{
    public static Command Create()
    {
        var arguments = new ReleaseArguments();
        var from = new Option<string?>("--from") { Description = "hot or standby: whose releases count where the clusters have different ones." };
        from.AcceptOnlyFromAmong("hot", "standby");
        var command = new Command("sync", "Bring a cluster that missed a release, or has drifted, to the current one.") { from };
        arguments.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var (spec, state, json) = arguments.Read(parsed);
            var progress = new Progress();
            using var session = await ReleaseSession.OpenAsync(spec, state, progress, cancellationToken);
            var options = arguments.Options(parsed, await session.OptionsAsync([], cancellationToken));
            IReadOnlyList<string> synced = [];
            await arguments.AuditAsync("sync", parsed, spec, session, progress, [], async () =>
            {
                synced = await session.Manager.SyncAsync(parsed.GetValue(from), options, cancellationToken);
                return synced.Count == 0 ? null : string.Join(" and ", synced);
            });
            if (json)
                Json.Print(new { synced });
            progress.Done(synced.Count == 0 ? "both clusters have the current release" : $"{string.Join(" and ", synced)} brought to the current release");
            return ExitCodes.Done;
        });
        return command;
    }
}
