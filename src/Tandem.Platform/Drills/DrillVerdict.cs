using System.Globalization;

namespace Tandem.Platform.Drills;

/// <summary>Whether a drill went as it had to, and why not. Pure.</summary>
/// <param name="Passed">Whether it did.</param>
/// <param name="Why">In a few words.</param>
internal sealed record DrillVerdict(bool Passed, string Why)
{
    /// <summary>The verdict on what was seen: the first thing that is wrong, in the order of its weight.</summary>
    public static DrillVerdict Of(DrillReport report)
    {
        if (report.MeasuredSeconds is not { } measured)
            return Failed(report.Expectation == Expectation.FailsOver ? "no client reached the standby" : "the service did not come back");
        if (report.Expectation == Expectation.KeepsServing && report.FailedOver)
            return Failed("traffic moved to the standby, and should have stayed");
        if (report.Expectation == Expectation.ComesBack && report.FailedRequests == 0)
            return Failed("no request failed: the fault did not reach the users");
        if (measured > report.PredictedSeconds)
            return Failed(string.Create(CultureInfo.InvariantCulture, $"users were without the service for {measured:0.0} s, longer than predicted"));
        if (report.Expectation == Expectation.KeepsServing && report.FailedShare > report.MostFailed)
            return Failed(string.Create(CultureInfo.InvariantCulture, $"{report.FailedShare:P1} of the requests failed, more than {report.MostFailed:P0}"));
        if (report.RestoredAt is null)
            return Failed("the platform is not as it was found");
        return new DrillVerdict(true, report.Expectation switch
        {
            Expectation.FailsOver => "the standby took over in time",
            Expectation.Recovers => report.FailedOver ? "the standby took over in time" : "the hot cluster recovered in time",
            Expectation.KeepsServing => "the hot cluster kept serving",
            _ => "the service came back with the clusters",
        });
    }

    private static DrillVerdict Failed(string why) => new(false, why);
}
