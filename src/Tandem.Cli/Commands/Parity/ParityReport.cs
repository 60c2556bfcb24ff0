using System.Globalization;
using Spectre.Console;
using Tandem.Cli.Output;
using Tandem.Platform.Parity;

namespace Tandem.Cli.Commands.Parity;

/// <summary>A verdict, for people and for programs.</summary>
/// <param name="Ready">Whether the standby is ready to take over.</param>
/// <param name="Known">Whether all was seen that decides it.</param>
/// <param name="Because">Why.</param>
/// <param name="Release">The release that both should have; null for none.</param>
/// <param name="At">When it was judged.</param>
/// <param name="AgeSeconds">How old it is.</param>
/// <param name="Unseen">Clusters that could not be seen in full.</param>
/// <param name="Findings">What is not as it should be.</param>
internal sealed record ParityReport(
    bool Ready, bool Known, string Because, int? Release, DateTimeOffset At, double AgeSeconds, IReadOnlyList<string> Unseen, IReadOnlyList<Finding> Findings)
{
    public static ParityReport Of(Verdict verdict, TimeProvider time) => new(
        verdict.Ready, verdict.Known, verdict.Because, verdict.Release, verdict.At, Math.Round((time.GetUtcNow() - verdict.At).TotalSeconds, 1), verdict.Unseen, verdict.Findings);

    public static void Print(ParityReport report, bool json)
    {
        if (json)
        {
            Json.Print(report);
            return;
        }

        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = int.MaxValue;
        console.MarkupLine(Headline(report));
        foreach (var f in report.Findings)
        {
            var name = f.Object is null ? f.Cluster : $"{f.Cluster}: {f.Object}";
            console.MarkupLineInterpolated(f.Severity == FindingSeverity.Blocks ? (FormattableString)$"[red]blocks[/] {name}: {f.What} ({f.Code})" : $"[yellow]warns[/]  {name}: {f.What} ({f.Code})");
            foreach (var field in f.Fields)
                console.MarkupLineInterpolated($"         {field.Path}: is {field.From ?? "(none)"}, the release has {field.To ?? "(none)"}");
            console.MarkupLineInterpolated($"         since {f.Since?.ToString("u", CultureInfo.InvariantCulture) ?? "unknown"}; {f.Mend}");
        }
    }

    /// <summary>The verdict in one line of markup.</summary>
    public static string Headline(ParityReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"ready to take over: {(report.Ready ? "[green]yes[/]" : "[red]no[/]")}, because {Markup.Escape(report.Because)} ({report.AgeSeconds:0.0} s ago)");
}
