using System.Globalization;

namespace Tandem.Platform.Spec;

/// <summary>Reads the <c>safety</c> of a platform file.</summary>
internal static class SafetyFields
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static SafetySpec Read(SpecNode node)
    {
        var safety = new SafetySpec(
            [.. node.Field("freeze").Items().Select(Window).OfType<FreezeWindow>()],
            node.Field("coolDown").Duration(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(1)));
        node.Close();
        return safety;
    }

    private static FreezeWindow? Window(SpecNode node)
    {
        var (from, to, days, zone, reason) = (node.Field("from"), node.Field("to"), node.Field("days"), node.Field("timeZone"), node.Field("reason"));
        var why = reason.IsPresent ? reason.Text() : null;
        node.Close();
        return days.IsPresent ? Weekly(from, to, days, zone, why) : Once(from, to, zone, why);
    }

    private static FreezeOnce? Once(SpecNode from, SpecNode to, SpecNode zone, string? why)
    {
        if (zone.IsPresent)
            zone.Error("goes with days: a moment has its offset, such as 2026-12-24T00:00:00+01:00");
        if (Moment(from) is not { } begin || Moment(to) is not { } end)
            return null;
        if (end <= begin)
            to.Error("must be after from");
        return new FreezeOnce(begin, end, why);
    }

    private static FreezeWeekly? Weekly(SpecNode from, SpecNode to, SpecNode days, SpecNode zone, string? why)
    {
        var on = days.Items().Select(d => (Node: d, Day: Array.IndexOf(Days, d.Text()))).ToList();
        foreach (var (wrong, _) in on.Where(d => d.Day < 0))
            wrong.Error($"'{wrong.Text()}' must be one of {string.Join(", ", Days)}");
        var name = zone.Text("UTC");
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(name, out var place))
            zone.Error($"'{name}' is no time zone of this machine; use a name such as Europe/Berlin, or UTC");
        return Time(from) is { } begin && Time(to) is { } end && place is not null
            ? new FreezeWeekly([.. on.Where(d => d.Day >= 0).Select(d => (DayOfWeek)d.Day)], begin, end, place, why) : null;
    }

    private static DateTimeOffset? Moment(SpecNode node)
    {
        var text = node.Text();
        if (DateTimeOffset.TryParseExact(
                text, ["yyyy-MM-dd'T'HH:mm:sszzz", "yyyy-MM-dd'T'HH:mmzzz", "yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at))
            return at;
        if (node.IsPresent)
            node.Error($"'{text}' must be a moment such as 2026-12-24T00:00:00Z");
        return null;
    }

    private static TimeOnly? Time(SpecNode node)
    {
        var text = node.Text();
        if (TimeOnly.TryParseExact(text, "HH':'mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
            return time;
        if (node.IsPresent)
            node.Error($"'{text}' must be a time of the day such as \"18:00\", in quotes");
        return null;
    }
}
