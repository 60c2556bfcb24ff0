using System.Globalization;
using System.Text;
using static System.Net.WebUtility;

namespace Tandem.Platform.Drills.Html;

/// <summary>The report of drills as one HTML file that needs neither network nor script.</summary>
public static class HtmlReport
{
    /// <summary>Writes it.</summary>
    /// <param name="hostname">The service.</param>
    /// <param name="reports">The drills, at least one.</param>
    public static string Of(string hostname, IReadOnlyList<DrillReport> reports)
    {
        var body = new StringBuilder();
        body.Append(CultureInfo.InvariantCulture, $"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{HtmlEncode($"Drills of {hostname}")}</title>
            <style>{HtmlStyle.Css}</style>
            </head>
            <body>
            <main>
            <h1>Drills of {HtmlEncode(hostname)}</h1>
            <p class="lead">{reports.Count(r => r.Passed)} of {reports.Count} passed · {Utc(reports[0].StartedAt, "yyyy-MM-dd HH:mm:ss")} UTC</p>

            """);
        Summary(body, reports);
        foreach (var report in reports)
            One(body, report);
        return body.Append("</main>\n</body>\n</html>\n").ToString();
    }

    private static void Summary(StringBuilder body, IReadOnlyList<DrillReport> reports)
    {
        body.Append("<table class=\"summary\"><thead><tr><th>Drill</th><th>Expectation</th><th class=\"n\">Predicted</th><th class=\"n\">Measured</th><th class=\"bar\"></th><th class=\"n\">Requests</th><th class=\"n\">Failed</th><th class=\"n\">Slow</th><th>Verdict</th></tr></thead><tbody>\n");
        foreach (var r in reports)
            body.Append(CultureInfo.InvariantCulture, $"""
                <tr><td><a href="#{HtmlEncode(r.Drill)}">{HtmlEncode(r.Drill)}</a></td><td>{Words(r.Expectation)}</td><td class="n">{r.PredictedSeconds:0.0} s</td><td class="n">{Measured(r)}</td><td class="bar">{Bar(r)}</td><td class="n">{r.Requests}</td><td class="n">{r.FailedRequests}</td><td class="n">{r.SlowRequests}</td><td>{Verdict(r)}</td></tr>

                """);
        body.Append("</tbody></table>\n");
    }

    private static void One(StringBuilder body, DrillReport report)
    {
        body.Append(CultureInfo.InvariantCulture, $"""
            <section id="{HtmlEncode(report.Drill)}">
            <h2>{HtmlEncode(report.Drill)} {Verdict(report)}</h2>
            <p>{HtmlEncode(report.Summary)} <span class="soft">Expected: {Words(report.Expectation)}. Seen: {HtmlEncode(report.Why)}.</span></p>

            """);
        body.Append(TimelineSvg.Of(report));
        body.Append("<div class=\"columns\">\n<table><thead><tr><th>Event</th><th class=\"n\">Time (UTC)</th><th class=\"n\">After the fault</th></tr></thead><tbody>\n");
        foreach (var (what, at) in DrillEvents.Of(report).Where(e => e.At is not null))
            body.Append(CultureInfo.InvariantCulture, $"<tr><td>{HtmlEncode(what)}</td><td class=\"n\">{Utc(at!.Value, "HH:mm:ss.fff")}</td><td class=\"n\">{(at - report.FaultAt)?.TotalSeconds:0.0} s</td></tr>\n");
        body.Append("</tbody></table>\n<table><thead><tr><th>Path</th><th class=\"n\">Requests</th><th class=\"n\">Failed</th><th class=\"n\">Slow</th><th class=\"n\">Slowest</th></tr></thead><tbody>\n");
        foreach (var path in report.Paths)
            body.Append(CultureInfo.InvariantCulture, $"<tr><td><code>{HtmlEncode(path.Path)}</code></td><td class=\"n\">{path.Requests}</td><td class=\"n\">{path.Failed}</td><td class=\"n\">{path.Slow}</td><td class=\"n\">{path.SlowestSeconds:0.00} s</td></tr>\n");
        foreach (var failure in report.Failures)
            body.Append(CultureInfo.InvariantCulture, $"<tr class=\"why\"><td colspan=\"2\">{HtmlEncode(failure.Reason)}</td><td class=\"n\">{failure.Count}</td><td colspan=\"2\" class=\"n\">{Utc(failure.FirstAt, "HH:mm:ss")} – {Utc(failure.LastAt, "HH:mm:ss")}</td></tr>\n");
        body.Append("</tbody></table>\n</div>\n</section>\n");
    }

    /// <summary>Predicted as the track, measured as the bar in it.</summary>
    private static string Bar(DrillReport report)
    {
        var whole = Math.Max(0.001, Math.Max(report.PredictedSeconds, report.MeasuredSeconds ?? 0));
        return string.Create(CultureInfo.InvariantCulture, $"""
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true"><rect class="track" width="{100 * report.PredictedSeconds / whole:0.#}" height="8"/><rect class="{(report.Passed ? "good" : "failed")}" y="2" height="4" width="{100 * (report.MeasuredSeconds ?? whole) / whole:0.#}"/></svg>
            """);
    }

    private static string Verdict(DrillReport report) => report.Passed ? "<span class=\"verdict pass\">passed</span>" : "<span class=\"verdict fail\">failed</span>";

    private static string Measured(DrillReport report) => report.MeasuredSeconds is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0.0} s") : "never";

    private static string Utc(DateTimeOffset at, string format) => at.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    private static string Words(Expectation expectation) => expectation switch
    {
        Expectation.FailsOver => "fails over",
        Expectation.Recovers => "recovers or fails over",
        Expectation.KeepsServing => "keeps serving, no failover",
        _ => "comes back after healing",
    };
}
