using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using Tandem.Cli.Commands.Releases;
using Tandem.Cli.Output;
using Tandem.Host;
using Tandem.Platform.History;

namespace Tandem.Cli.Commands;

/// <summary><c>tandem history</c>: who did what, when and why.</summary>
internal static class HistoryCommand
{
    public static Command Create()
    {
        var (file, state, output) = (CommonOptions.File(), CommonOptions.State(), CommonOptions.Output());
        var command = new Command("history", "Show who changed the platform, when and why: the last 300 changes.") { file, state, output };
        command.SetRunner(async (parsed, cancellationToken) =>
        {
            var spec = CommonOptions.Load(parsed.GetRequiredValue(file));
            using var session = await ReleaseSession.OpenAsync(
                spec, new StateFolder(spec.Name, parsed.GetRequiredValue(state)), new Output.Progress(), cancellationToken);
            var entries = await new HistoryStore(session.Clusters, spec.Name).ReadAsync(cancellationToken);
            if (parsed.GetRequiredValue(output) == "json")
                Json.Print(entries);
            else
                Print(entries);
            return ExitCodes.Done;
        });
        return command;
    }

    private static void Print(IReadOnlyList<HistoryEntry> entries)
    {
        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = 200;
        var table = new Table().Border(TableBorder.None).AddColumns("AT", "BY", "ACTION", "OUTCOME", "WHAT", "REASON");
        foreach (var e in entries.Reverse())
            table.AddRow(
                e.At.ToString("u", CultureInfo.InvariantCulture),
                Markup.Escape(e.By),
                Markup.Escape(e.Action),
                e.Outcome switch { HistoryOutcome.Done => "[green]done[/]", HistoryOutcome.Failed => "[red]failed[/]", _ => "[yellow]refused[/]" },
                Markup.Escape(e.What ?? ""),
                Markup.Escape(e.Overridden.Count > 0 ? $"{e.Reason} (against: {string.Join("; ", e.Overridden)})" : e.Reason ?? ""));
        console.Write(table);
    }
}
