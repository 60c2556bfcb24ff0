using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Failover;

public sealed class SafetyRulesTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-12-23T22:59:59Z", false)]
    [InlineData("2026-12-23T23:00:00Z", true)] // midnight in Berlin
    [InlineData("2026-12-26T22:59:59Z", true)]
    [InlineData("2026-12-26T23:00:00Z", false)]
    public void Covers_Once_IsFromTheBeginningUpToTheEnd(string now, bool covers) => Assert.Equal(
        covers, new FreezeOnce(At("2026-12-24T00:00:00+01:00"), At("2026-12-27T00:00:00+01:00"), null).Covers(At(now)));

    [Theory]
    [InlineData("2026-11-27T16:59:00Z", false)] // Friday, 17:59 in Berlin
    [InlineData("2026-11-27T17:00:00Z", true)]
    [InlineData("2026-11-27T23:30:00Z", true)] // Saturday by Berlin's clock: still Friday's night
    [InlineData("2026-11-28T04:59:00Z", true)]
    [InlineData("2026-11-28T05:00:00Z", false)]
    [InlineData("2026-11-28T17:30:00Z", false)] // Saturday's evening does not begin one
    [InlineData("2026-07-03T16:00:00Z", true)] // summer time: 18:00
    public void Covers_WeeklyOverMidnight_FollowsTheZonesClock(string now, bool covers) => Assert.Equal(
        covers, new FreezeWeekly([DayOfWeek.Friday], new TimeOnly(18, 0), new TimeOnly(6, 0), Berlin, null).Covers(At(now)));

    [Property]
    public Property Covers_WeeklyOnAllDaysFromATimeToItself_IsAlways() => Prop.ForAll(
        Gen.Choose(0, 1_000_000).Select(m => DateTimeOffset.UnixEpoch.AddMinutes(m)).ToArbitrary(),
        now => Assert.True(new FreezeWeekly(Enum.GetValues<DayOfWeek>(), new TimeOnly(7, 0), new TimeOnly(7, 0), TimeZoneInfo.Utc, null).Covers(now)));

    [Fact]
    public void Broken_TellsEveryRule()
    {
        var now = At("2026-12-25T12:00:00Z");
        var safety = new SafetySpec([new FreezeOnce(now.AddDays(-1), now.AddDays(1), "holidays")], TimeSpan.FromMinutes(5));

        Assert.Equal(
            ["changes are frozen from 2026-12-24 12:00 +00:00 to 2026-12-26 12:00 +00:00: holidays", "traffic was moved 60 s ago, and the cool-down is 300 s"],
            SafetyRules.Broken(safety, now, now.AddMinutes(-1)));
        Assert.Empty(SafetyRules.Broken(SafetySpec.None, now, now));
        Assert.Single(SafetyRules.Broken(safety, now, null));
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
