using System.Globalization;
using Cronos;
using FsCheck;
using FsCheck.Fluent;
using FsCheck.Xunit;
using Tandem.Kubernetes.Resources.Batch;

namespace Tandem.Kubernetes.Tests.Resources.Batch;

public sealed class CronScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("* * * * *", "2030-01-01T00:00:30Z", "2030-01-01T00:01:00Z")]
    [InlineData("*/15 * * * *", "2030-01-01T00:00:00Z", "2030-01-01T00:15:00Z")]
    [InlineData("5/20 3 * * *", "2030-01-01T03:26:00Z", "2030-01-01T03:45:00Z")]
    [InlineData("0 0 1 * MON", "2030-01-01T00:00:00Z", "2030-01-07T00:00:00Z")]
    [InlineData("0 0 13 * ?", "2030-01-01T00:00:00Z", "2030-01-13T00:00:00Z")]
    [InlineData("0 9 * jun-Aug mon-fri", "2030-01-01T00:00:00Z", "2030-06-03T09:00:00Z")]
    [InlineData("0 0 29 2 *", "2029-03-01T00:00:00Z", "2032-02-29T00:00:00Z")]
    [InlineData("@hourly", "2030-01-01T00:00:00Z", "2030-01-01T01:00:00Z")]
    [InlineData("@weekly", "2030-01-01T00:00:00Z", "2030-01-06T00:00:00Z")]
    [InlineData("@annually", "2030-01-01T00:00:00Z", "2031-01-01T00:00:00Z")]
    [InlineData("0 0 31 2 *", "2030-01-01T00:00:00Z", null)]
    public void Next_EachForm_IsTheRealOnes(string schedule, string after, string? next) =>
        Assert.Equal(next is null ? null : Time(next), CronSchedule.Parse(schedule).Next(Time(after), TimeZoneInfo.Utc));

    [Theory]
    [InlineData("* * * *", "expected exactly 5 fields, found 4: [* * * *]")]
    [InlineData("60 * * * *", "end of range (60) above maximum (59): 60")]
    [InlineData("* * 0 * *", "beginning of range (0) below minimum (1): 0")]
    [InlineData("5-1 * * * *", "beginning of range (5) beyond end of range (1): 5-1")]
    [InlineData("1-2-3 * * * *", "too many hyphens: 1-2-3")]
    [InlineData("*/1/2 * * * *", "too many slashes: */1/2")]
    [InlineData("*/0 * * * *", "step of range should be a positive number: */0")]
    [InlineData("* * L * *", "failed to parse int from L: strconv.Atoi: parsing \"L\": invalid syntax")]
    [InlineData("* * * * 7", "end of range (7) above maximum (6): 7")]
    [InlineData("@sometimes", "unrecognized descriptor: @sometimes")]
    public void Parse_WhatIsNone_SaysWhatTheRealOneDoes(string schedule, string message) =>
        Assert.Equal(message, Assert.Throws<FormatException>(() => CronSchedule.Parse(schedule)).Message);

    [Fact]
    public void Next_SkippedHour_IsSkipped() =>
        Assert.Equal(Time("2030-04-01T00:30:00Z"), CronSchedule.Parse("30 2 * * *").Next(Time("2030-03-30T12:00:00Z"), Berlin));

    [Fact]
    public void Next_HourThatComesTwice_ComesTwice()
    {
        var schedule = CronSchedule.Parse("30 2 * * *");
        var first = schedule.Next(Time("2030-10-26T12:00:00Z"), Berlin)!.Value;

        Assert.Equal((Time("2030-10-27T00:30:00Z"), Time("2030-10-27T01:30:00Z")), (first, schedule.Next(first, Berlin)!.Value));
    }

    [Property]
    public Property Next_AnySchedule_IsWhatAnotherLibrarySays() => Prop.ForAll(
        (from minute in Field(0, 59) from hour in Field(0, 23) from day in Field(1, 28) from month in Field(1, 12) from weekday in Field(0, 6) select (minute, hour, day, month, weekday)).ToArbitrary(),
        Gen.Choose(0, 2_000_000_000).ToArbitrary(),
        (f, seconds) =>
        {
            var after = DateTimeOffset.FromUnixTimeSeconds(seconds);
            var head = $"{f.minute} {f.hour}";

            // Where both days are restricted the sooner of either; a star with a step restricts too.
            string[] schedules = f.day != "*" && f.weekday != "*"
                ? [$"{head} {f.day} {f.month} *", $"{head} * {f.month} {f.weekday}"]
                : [$"{head} {f.day} {f.month} {f.weekday}"];
            var expected = schedules.Select(s => CronExpression.Parse(s).GetNextOccurrence(after, TimeZoneInfo.Utc)).Min();
            return CronSchedule.Parse($"{head} {f.day} {f.month} {f.weekday}").Next(after, TimeZoneInfo.Utc) == expected;
        });

    [Property]
    public Property Last_AnyBounds_IsTheLastOfAll() => Prop.ForAll(
        Field(0, 59).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), Gen.Choose(0, 10_000).ToArbitrary(), (minute, from, length) =>
        {
            var schedule = CronSchedule.Parse($"{minute} * * * *");
            var (after, until) = (DateTimeOffset.UnixEpoch.AddMinutes(from), DateTimeOffset.UnixEpoch.AddMinutes(from + length));
            DateTimeOffset? last = null;
            for (var next = schedule.Next(after, TimeZoneInfo.Utc); next <= until; next = schedule.Next(next.Value, TimeZoneInfo.Utc))
                last = next;
            return schedule.Last(after, until, TimeZoneInfo.Utc) == last;
        });

    private static Gen<string> Field(int min, int max) => Gen.OneOf(
        Gen.Constant("*"),
        Gen.Choose(min, max).Select(n => $"{n}"),
        Gen.Choose(2, Math.Min(9, max)).Select(n => $"*/{n}"),
        Gen.Two(Gen.Choose(min, max)).Select(p => $"{Math.Min(p.Item1, p.Item2)}-{Math.Max(p.Item1, p.Item2)}"),
        Gen.Two(Gen.Choose(min, max)).Select(p => $"{p.Item1},{p.Item2}"));

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}
