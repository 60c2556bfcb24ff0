using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tandem.Cli.Output;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Commands.Releases;

/// <summary><c>tandem releases</c>: what was deployed, by whom, and how it went.</summary>
internal static class ReleasesCommand
{
    public static Command Create()
    {
        var arguments = new ReleaseArguments();
        var command = new Command("releases", "List the releases that the clusters know.");
        arguments.AddTo(command);
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var (spec, state, json) = arguments.Read(parsed);
            using var session = await ReleaseSession.OpenAsync(spec, state, new Output.Progress(), cancellationToken);
            var history = await session.Manager.HistoryAsync(cancellationToken);
            if (json)
                Json.Print(new { current = history.Current?.Number, releases = history.All });
            else
                Print(history);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(ReleaseHistory history)
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 200;
        var table = new Table().Border(TableBorder.None).AddColumns("RELEASE", "OUTCOME", "AT", "BY", "OBJECTS", "HASH", "CLUSTERS", "REASON");
        foreach (var r in history.All.Reverse())
            table.AddRow(
                $"{r.Number}{(r == history.Current ? " (current)" : "")}",
                r.Outcome switch
                {
                    ReleaseOutcome.Succeeded => "[green]succeeded[/]", ReleaseOutcome.Failed => "[red]failed[/]", _ => "[yellow]pending[/]",
                },
                r.At.ToString("u", CultureInfo.InvariantCulture),
                Markup.Escape(r.Author),
                r.Objects.ToString(CultureInfo.InvariantCulture),
                r.Hash[..12],
                string.Join(", ", r.Clusters.Select(c => $"{c.Key} {c.Value.ToString().ToLowerInvariant()}")),
                Markup.Escape(r.RollbackTo is { } to ? $"rollback to {to}{(r.Reason is null ? "" : ": " + r.Reason)}" : r.Reason ?? ""));
        console.Write(table);
    }
}
