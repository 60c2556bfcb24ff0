using System.Globalization;
using Spectre.Console;
using Tandem.Platform.Drills;

namespace Tandem.Cli.Output;

/// <summary>What a drill saw, for a terminal.</summary>
internal static class DrillOutput
{
    /// <summary>All of one drill.</summary>
    public static void Print(DrillReport report)
    {
        var console = AnsiConsole.Console;
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "", "");
        foreach (var (what, at) in DrillEvents.Of(report))
            table.AddRow(
                At(at),
                at is { } time && report.FaultAt is { } fault ? string.Create(CultureInfo.InvariantCulture, $"{(time - fault).TotalSeconds,+8:0.0} s") : "",
                what);
        console.Write(table);
        foreach (var path in report.Paths)
            console.MarkupLineInterpolated($"{path.Path}: {path.Requests} requests, {path.Failed} failed, {path.Slow} slower than 1 s");
        console.MarkupLineInterpolated($"{report.Requests} requests, {report.FailedRequests} failed");
        foreach (var failures in report.Failures)
            console.MarkupLineInterpolated($"  {failures.Count}: {failures.Reason}, {At(failures.FirstAt)} to {At(failures.LastAt)}");
        console.MarkupLineInterpolated($"without the service for {Measured(report)}; predicted at most {Seconds(report.PredictedSeconds)}");
        console.MarkupLineInterpolated($"{Verdict(report)}: {report.Why}");
    }

    /// <summary>One line of one drill.</summary>
    public static string Line(DrillReport report) =>
        string.Create(CultureInfo.InvariantCulture, $"{Verdict(report),-6} {report.Drill,-16} {Measured(report),8} of {Seconds(report.PredictedSeconds),7}  {report.FailedRequests} of {report.Requests} requests failed; {report.Why}");

    private static string Verdict(DrillReport report) => report.Passed ? "passed" : "FAILED";

    private static string Measured(DrillReport report) => report.MeasuredSeconds is { } seconds ? Seconds(seconds) : "never";

    private static string Seconds(double seconds) => seconds.ToString("0.0 s", CultureInfo.InvariantCulture);

    private static string At(DateTimeOffset? at) => at?.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture) ?? "-";
}
