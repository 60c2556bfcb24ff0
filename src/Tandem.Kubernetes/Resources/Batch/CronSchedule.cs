namespace Tandem.Kubernetes.Resources.Batch;

/// <summary>
/// When a CronJob runs: five fields, or a name such as @hourly. Where both days are restricted, either may match. See
/// https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax. Pure.
/// </summary>
internal sealed class CronSchedule
{
    /// <summary>A date that does not come within so many years, such as 31 February, never comes.</summary>
    private const int Horizon = 5;

    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    private static readonly string[] Weekdays = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    private readonly CronField _minute;
    private readonly CronField _hour;
    private readonly CronField _day;
    private readonly CronField _month;
    private readonly CronField _weekday;

    private CronSchedule(string[] fields)
    {
        _minute = CronField.Parse(fields[0], 0, 59);
        _hour = CronField.Parse(fields[1], 0, 23);
        _day = CronField.Parse(fields[2], 1, 31);
        _month = CronField.Parse(fields[3], 1, 12, Months);
        _weekday = CronField.Parse(fields[4], 0, 6, Weekdays);
    }

    /// <exception cref="FormatException">The text is no schedule; the message is the real server's.</exception>
    public static CronSchedule Parse(string text)
    {
        var fields = text.StartsWith('@') ? Named(text) : text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        return fields.Length == 5
            ? new CronSchedule(fields)
            : throw new FormatException($"expected exactly 5 fields, found {fields.Length}: [{string.Join(' ', fields)}]");
    }

    /// <summary>The first time after another; null for never. Times that a zone skips are skipped, those it has twice come twice.</summary>
    public DateTimeOffset? Next(DateTimeOffset after, TimeZoneInfo zone)
    {
        var utc = after.UtcDateTime;
        var time = new DateTime(utc.Ticks - (utc.Ticks % TimeSpan.TicksPerMinute), DateTimeKind.Utc).AddMinutes(1);
        for (var limit = time.AddYears(Horizon); time < limit;)
        {
            var local = TimeZoneInfo.ConvertTimeFromUtc(time, zone);
            if (!_month.Has(local.Month))
                time = Later(time, new DateTime(local.Year, local.Month, 1).AddMonths(1), zone);
            else if (!IsDay(local))
                time = Later(time, local.Date.AddDays(1), zone);
            else if (!_hour.Has(local.Hour))
                time = time.AddMinutes(60 - local.Minute);
            else if (!_minute.Has(local.Minute))
                time = time.AddMinutes(1);
            else
                return new DateTimeOffset(time);
        }

        return null;
    }

    /// <summary>The last time that is not after another, and after a bound; null for none.</summary>
    public DateTimeOffset? Last(DateTimeOffset after, DateTimeOffset until, TimeZoneInfo zone)
    {
        // Back in ever larger steps to where there is one, and from there on.
        for (var back = TimeSpan.FromMinutes(1); ; back *= 2)
        {
            var from = until - after > back ? until - back : after;
            DateTimeOffset? last = null;
            for (var next = Next(from, zone); next is { } time && time <= until; next = Next(time, zone))
                last = time;
            if (last is not null || from <= after)
                return last;
        }
    }

    private bool IsDay(DateTime local)
    {
        var (day, weekday) = (_day.Has(local.Day), _weekday.Has((int)local.DayOfWeek));
        return _day.IsAny || _weekday.IsAny ? day && weekday : day || weekday;
    }

    /// <summary>When a zone's clocks show a time, and at least a minute after another.</summary>
    private static DateTime Later(DateTime than, DateTime local, TimeZoneInfo zone)
    {
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(30);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        var time = DateTime.SpecifyKind(local - offset, DateTimeKind.Utc);
        return time > than ? time : than.AddMinutes(1);
    }

    private static string[] Named(string text) => text switch
    {
        "@yearly" or "@annually" => ["0", "0", "1", "1", "*"],
        "@monthly" => ["0", "0", "1", "*", "*"],
        "@weekly" => ["0", "0", "*", "*", "0"],
        "@daily" or "@midnight" => ["0", "0", "*", "*", "*"],
        "@hourly" => ["0", "*", "*", "*", "*"],
        _ => throw new FormatException($"unrecognized descriptor: {text}"),
    };
}
