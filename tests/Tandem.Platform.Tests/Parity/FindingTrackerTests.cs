using Tandem.Platform.Parity;

namespace Tandem.Platform.Tests.Parity;

public sealed class FindingTrackerTests
{
    private readonly FindingTracker _tracker = new();

    [Fact]
    public void Track_FoundAgain_KeepsTheFirstTime()
    {
        Assert.Equal(Views.Now, Since(Views.Now, null));
        Assert.Equal(Views.Now, Since(Views.Now.AddMinutes(5), null));
    }

    [Fact]
    public void Track_GoneInBetween_BeginsAnew()
    {
        Since(Views.Now, null);
        _tracker.Track(new Verdict(true, true, "", 1, [], Views.Now.AddMinutes(1)));

        Assert.Equal(Views.Now.AddMinutes(2), Since(Views.Now.AddMinutes(2), null));
    }

    [Fact]
    public void Track_TheObjectTellsATime_CountsThat() => Assert.Equal(Views.Now.AddHours(-1), Since(Views.Now, Views.Now.AddHours(-1)));

    private DateTimeOffset? Since(DateTimeOffset now, DateTimeOffset? told) => Assert.Single(_tracker.Track(new Verdict(
        false, true, "", 1, [new Finding("drifted", FindingSeverity.Blocks, "standby", "ConfigMap a/b", "", "") { Since = told }], now)).Findings).Since;
}
