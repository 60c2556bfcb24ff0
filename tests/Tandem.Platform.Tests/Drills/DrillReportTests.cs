using Tandem.Platform.Drills;

namespace Tandem.Platform.Tests.Drills;

public sealed class DrillReportTests
{
    private static readonly DateTimeOffset Fault = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(44.0, false, null, true)]
    [InlineData(44.001, false, null, false)]
    [InlineData(null, false, null, false)] // never back
    [InlineData(10.0, true, null, false)] // back on the standby, but not on hot
    [InlineData(10.0, true, 60.0, true)]
    public void Passed_WithinThePrediction(double? standbyAfter, bool waits, double? failedBackAfter, bool passed)
    {
        var report = new DrillReport("cluster-loss", 44)
        {
            FaultAt = Fault,
            FirstStandbySuccessAt = standbyAfter is { } s ? Fault.AddSeconds(s) : null,
            FailedBackAt = failedBackAfter is { } f ? Fault.AddSeconds(f) : null,
            WaitsForFailback = waits,
        };

        Assert.Equal((standbyAfter, passed), (report.MeasuredSeconds, report.Passed));
    }
}
