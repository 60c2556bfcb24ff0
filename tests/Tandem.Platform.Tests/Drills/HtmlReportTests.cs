using System.Xml.Linq;
using Tandem.Platform.Drills;
using Tandem.Platform.Drills.Html;

namespace Tandem.Platform.Tests.Drills;

public sealed class HtmlReportTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly DrillReport Report = new("cluster-loss", "Take it <down>.", Expectation.FailsOver, 44)
    {
        StartedAt = Start,
        FaultAt = Start.AddSeconds(2),
        FirstStandbySuccessAt = Start.AddSeconds(3),
        HealedAt = Start.AddSeconds(3),
        RestoredAt = Start.AddSeconds(4),
        MeasuredSeconds = 1,
        Requests = 40,
        Traffic = [new(Start, 10, 0, 0, 0), new(Start.AddSeconds(1), 10, 0, 0, 0), new(Start.AddSeconds(2), 0, 0, 10, 0), new(Start.AddSeconds(3), 0, 10, 0, 2)],
        Paths = [new("/<script>", 40, 10, 2, 1.2)],
        Failures = [new("no <b>answer</b> & more", 10, Start.AddSeconds(2), Start.AddSeconds(3))],
        Observations = [new(Start, "hot", true, true), new(Start.AddSeconds(3), "standby", false, true)],
    };

    [Fact]
    public void Of_TextsOfOthers_AreEncoded()
    {
        var html = HtmlReport.Of("<i>evil</i>", [Report]);

        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("<i>", html, StringComparison.Ordinal);
        Assert.Contains("/&lt;script&gt;", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_AnyReport_NeedsNoNetwork()
    {
        var html = HtmlReport.Of("api.yourcompany.com", [Report, Report with { Drill = "app-crash", FaultAt = null, Traffic = [], Observations = [] }]);

        Assert.DoesNotContain("http", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.DoesNotContain("@import", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ADrill_DrawsEachSecondByCluster()
    {
        var html = HtmlReport.Of("api.yourcompany.com", [Report]);

        var start = html.IndexOf("<svg class=\"timeline\"", StringComparison.Ordinal);
        var svg = XElement.Parse(html[start..(html.IndexOf("</svg>", start, StringComparison.Ordinal) + 6)]);
        var drawn = svg.Elements("rect").Where(r => ((string?)r.Element("title"))?.Contains(" s: ", StringComparison.Ordinal) == true).Select(r => $"{r.Element("title")!.Value}");
        Assert.Equal(["0 s: 10 hot", "1 s: 10 hot", "2 s: 10 failed", "3 s: 10 standby", "3 s: 2 slower than 1 s"], drawn);
        var bars = svg.Elements("rect").Where(r => (string?)r.Element("title") is "0 s: 10 hot" or "3 s: 10 standby").Select(r => (double)r.Attribute("height")!).ToList();
        Assert.Equal(bars[0], bars[1]);
    }
}
