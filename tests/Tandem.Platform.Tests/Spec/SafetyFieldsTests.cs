using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Spec;

public sealed class SafetyFieldsTests
{
    [Fact]
    public void Read_Everything_IsWhatItSays()
    {
        var safety = Sample.Spec("""
              safety:
                coolDown: 10m
                freeze:
                  - { from: 2026-12-24T00:00:00+01:00, to: 2026-12-27T00:00:00Z, reason: holidays }
                  - { days: [ fri, sat ], from: "18:00", to: "06:00", timeZone: Europe/Berlin }
            """).Safety;

        Assert.Equal(TimeSpan.FromMinutes(10), safety.CoolDown);
        Assert.Equal(
            new FreezeOnce(new DateTimeOffset(2026, 12, 24, 0, 0, 0, TimeSpan.FromHours(1)), new DateTimeOffset(2026, 12, 27, 0, 0, 0, TimeSpan.Zero), "holidays"),
            safety.Freeze[0]);
        var weekly = Assert.IsType<FreezeWeekly>(safety.Freeze[1]);
        Assert.Equal([DayOfWeek.Friday, DayOfWeek.Saturday], weekly.Days);
        Assert.Equal((new TimeOnly(18, 0), new TimeOnly(6, 0), "Europe/Berlin"), (weekly.From, weekly.To, weekly.Zone.Id));
    }

    [Theory]
    [InlineData("{ to: 2026-12-27T00:00:00Z }", "spec.safety.freeze[0].from: is required")]
    [InlineData("{ from: tomorrow, to: 2026-12-27T00:00:00Z }", "'tomorrow' must be a moment such as")]
    [InlineData("{ from: 2026-12-27T00:00:00Z, to: 2026-12-24T00:00:00Z }", "spec.safety.freeze[0].to: must be after from")]
    [InlineData("{ days: [ fryday ], from: \"18:00\", to: \"06:00\" }", "'fryday' must be one of sun, mon")]
    [InlineData("{ days: [ fri ], from: 6pm, to: \"06:00\" }", "'6pm' must be a time of the day")]
    [InlineData("{ days: [ fri ], from: \"18:00\", to: \"06:00\", timeZone: Mars/Base }", "'Mars/Base' is no time zone")]
    [InlineData("{ from: 2026-12-24T00:00:00Z, to: 2026-12-27T00:00:00Z, timeZone: UTC }", "spec.safety.freeze[0].timeZone: goes with days")]
    public void Read_Mistake_IsTold(string window, string message) => Assert.Contains(
        Sample.Errors($"spec: {{ safety: {{ freeze: [ {window} ] }} }}"), e => e.Contains(message, StringComparison.Ordinal));
}
