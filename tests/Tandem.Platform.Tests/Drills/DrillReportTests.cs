using Tandem.Platform.Drills;

namespace Tandem.Platform.Tests.Drills;

public sealed class DrillReportTests
{
    private static readonly DateTimeOffset Fault = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DrillPrediction Prediction = new(TimeSpan.FromSeconds(44), TimeSpan.FromSeconds(14));

    [Theory]
    [InlineData(44.0, true)]
    [InlineData(44.001, false)]
    [InlineData(null, false)] // never back
    public void FailsOver_FirstSuccessOfTheStandby_IsMeasured(double? standbyAfter, bool passed)
    {
        var report = Report("cluster-loss", [Request(1, null), .. standbyAfter is { } s ? [Request(s, "standby")] : Array.Empty<DrillRequest>(), Request(200, "hot")]);

        Assert.Equal((standbyAfter, passed), (report.MeasuredSeconds, report.Passed));
        Assert.Equal(standbyAfter is not null, report.FailedOver);
    }

    [Fact]
    public void FailsOver_NotAsFound_IsNotPassed()
    {
        var report = Report("cluster-loss", [Request(1, null), Request(5, "standby")], restoredAfter: null);

        Assert.False(report.Passed);
        Assert.Contains("not as it was found", report.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void KeepsServing_NothingFails_Passes()
    {
        var report = Report("api-loss", [Request(1, "hot"), Request(2, "hot")]);

        Assert.Equal((0, true), (report.MeasuredSeconds, report.Passed));
    }

    [Theory]
    [InlineData("api-loss", 1, false)] // no request may fail
    [InlineData("lossy-network", 2, true)]
    [InlineData("lossy-network", 3, false)] // more than a fifth
    public void KeepsServing_SomeFail_PassesUpToItsShare(string drill, int failed, bool passed)
    {
        var report = Report(drill, [.. Enumerable.Range(0, 10).Select(i => Request(i + 1, i % 3 == 0 && i / 3 < failed ? null : "hot"))]);

        Assert.Equal((passed, failed / 10.0), (report.Passed, report.FailedShare));
    }

    [Fact]
    public void KeepsServing_TheStandbyServed_IsNotPassed()
    {
        var report = Report("lossy-network", [Request(1, "hot"), Request(2, "standby")]);

        Assert.False(report.Passed);
    }

    [Fact]
    public void Recovers_SeveralOutages_CountsToTheEndOfTheLast()
    {
        var report = Report("app-crash", [Request(1, null), Request(2, "hot"), Request(3, null), Request(7, "hot")]);

        Assert.Equal((7, true, false), (report.MeasuredSeconds, report.Passed, report.FailedOver));
    }

    [Fact]
    public void Recovers_StillFailingAtTheEnd_IsNotPassed() => Assert.False(Report("app-crash", [Request(1, "hot"), Request(2, null)]).Passed);

    [Fact]
    public void ComesBack_CountsFromTheHealing()
    {
        var report = Report("both-down", [Request(1, null), Request(62, "standby"), Request(70, "hot")], healedAfter: 60);

        Assert.Equal((2, true), (report.MeasuredSeconds, report.Passed));
    }

    [Fact]
    public void ComesBack_NobodyNoticed_IsNotPassed() => Assert.False(Report("both-down", [Request(1, "hot"), Request(61, "hot")], healedAfter: 60).Passed);

    [Fact]
    public void Traffic_OfRequests_IsCountedBySecondAndPath()
    {
        var slow = Request(0.5, "hot") with { Duration = TimeSpan.FromSeconds(1.5), Path = "/slow" };

        var report = Report("app-crash", [slow, Request(1.6, null), Request(3.6, "standby")]);

        Assert.Equal([(1, 0, 0, 1), (0, 0, 1, 0), (0, 0, 0, 0), (0, 1, 0, 0)], report.Traffic.Select(s => (s.Hot, s.Standby, s.Failed, s.Slow)));
        Assert.Equal([("/", 2, 1, 0), ("/slow", 1, 0, 1)], report.Paths.Select(p => (p.Path, p.Requests, p.Failed, p.Slow)));
        Assert.Equal(1, report.SlowRequests);
    }

    private static DrillReport Report(string drill, IReadOnlyList<DrillRequest> requests, double? restoredAfter = 300, double? healedAfter = null) => DrillReport.Of(
        new DrillPlan(
            DrillCatalog.All.Single(d => d.Name == drill),
            drill == "api-loss" ? Prediction with { Recovery = TimeSpan.Zero } : Prediction,
            "hot",
            "standby",
            10,
            true),
        new DrillMarks(Fault.AddSeconds(-1))
        {
            FaultAt = Fault,
            HealedAt = healedAfter is { } h ? Fault.AddSeconds(h) : null,
            RestoredAt = restoredAfter is { } r ? Fault.AddSeconds(r) : null,
        },
        requests,
        []);

    /// <summary>Answered at once, so many seconds after the fault; a null target is a failure.</summary>
    private static DrillRequest Request(double after, string? target) =>
        new(Fault.AddSeconds(after), TimeSpan.Zero, target, target is null ? "no answer" : null, "/");
}
