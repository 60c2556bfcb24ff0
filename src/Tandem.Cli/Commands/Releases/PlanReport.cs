using Spectre.Console;
using Tandem.Cli.Output;
using Tandem.Platform.Releases;

namespace Tandem.Cli.Commands.Releases;

/// <summary>What a release would change, for people and for programs.</summary>
internal static class PlanReport
{
    public static void Print(IReadOnlyDictionary<string, ClusterPlan> plans, bool json)
    {
        var reports = plans.ToDictionary(p => p.Key, p => Of(p.Value));
        if (json)
        {
            Json.Print(reports);
            return;
        }

        var console = AnsiConsole.Console;
        if (!console.Profile.Out.IsTerminal)
            console.Profile.Width = int.MaxValue;
        foreach (var (cluster, report) in reports)
        {
            console.MarkupLineInterpolated($"[bold]{cluster}[/]: {report.Objects.Count(o => o.Change == "create")} to create, {report.Objects.Count(o => o.Change == "update")} to change, {report.Objects.Count(o => o.Change == "delete")} to delete, {report.Unchanged} unchanged");
            foreach (var o in report.Objects)
            {
                console.MarkupLineInterpolated(o.Change switch
                {
                    "create" => (FormattableString)$"  [green]+ {o.Object}[/]",
                    "delete" => $"  [red]- {o.Object}[/]",
                    _ => $"  [yellow]~ {o.Object}[/]",
                });
                foreach (var f in o.Fields)
                    console.MarkupLineInterpolated($"      {f.Path}: {f.From ?? "(none)"} -> {f.To ?? "(none)"}");
            }
        }
    }

    private static ClusterReport Of(ClusterPlan plan) => new(
        plan.Count(PlannedChange.None),
        [
            .. plan.Objects.Where(o => o.Change != PlannedChange.None).Select(o => new ObjectReport(
                o.Reference.ToString(),
                o.Change.ToString().ToLowerInvariant(),
                o is { Live: { } live, Result: { } result } ? ObjectDiff.Of(live, result) : [])),
            .. plan.Pruned.Select(p => new ObjectReport(p.Reference.ToString(), "delete", [])),
        ]);

    private sealed record ClusterReport(int Unchanged, IReadOnlyList<ObjectReport> Objects);

    private sealed record ObjectReport(string Object, string Change, IReadOnlyList<FieldChange> Fields);
}
