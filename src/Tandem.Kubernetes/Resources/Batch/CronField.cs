using System.Globalization;

namespace Tandem.Kubernetes.Resources.Batch;

/// <summary>One of the five fields of a cron schedule.</summary>
/// <param name="Values">A bit for each value that matches.</param>
/// <param name="IsAny">Whether a <c>*</c> without a step is in it: then the field restricts nothing.</param>
internal readonly record struct CronField(ulong Values, bool IsAny)
{
    public bool Has(int value) => (Values >> value & 1) == 1;

    /// <param name="text">Such as <c>1-5,*/10</c>.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The greatest.</param>
    /// <param name="names">What may stand for the values from <paramref name="min"/> on.</param>
    /// <exception cref="FormatException">The text is no such field; the message is the real server's.</exception>
    public static CronField Parse(string text, int min, int max, params string[] names)
    {
        var (values, isAny) = (0ul, false);
        foreach (var part in text.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (first, last, step, any) = Range(part, min, max, names);
            isAny |= any;
            for (var value = first; value <= last; value += step)
                values |= 1ul << value;
        }

        return new CronField(values, isAny);
    }

    private static (int First, int Last, int Step, bool IsAny) Range(string part, int min, int max, string[] names)
    {
        var steps = part.Split('/');
        var ends = steps[0].Split('-');
        var any = ends[0] is "*" or "?";
        var first = any ? min : Value(ends[0], min, names);
        var last = any ? max : ends.Length switch
        {
            1 => first,
            2 => Value(ends[1], min, names),
            _ => throw new FormatException($"too many hyphens: {part}"),
        };
        var step = 1;
        if (steps.Length > 2)
            throw new FormatException($"too many slashes: {part}");
        if (steps.Length == 2)
        {
            // N/step goes on to the end.
            step = Number(steps[1]);
            last = ends.Length == 1 ? max : last;
        }

        if (first < min)
            throw new FormatException($"beginning of range ({first}) below minimum ({min}): {part}");
        if (last > max)
            throw new FormatException($"end of range ({last}) above maximum ({max}): {part}");
        if (first > last)
            throw new FormatException($"beginning of range ({first}) beyond end of range ({last}): {part}");
        return step == 0 ? throw new FormatException($"step of range should be a positive number: {part}") : (first, last, step, any && step == 1);
    }

    private static int Value(string text, int min, string[] names) =>
        Array.FindIndex(names, n => n.Equals(text, StringComparison.OrdinalIgnoreCase)) is >= 0 and var index ? min + index : Number(text);

    private static int Number(string text)
    {
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            throw new FormatException($"failed to parse int from {text}: strconv.Atoi: parsing \"{text}\": invalid syntax");
        return number >= 0 ? number : throw new FormatException($"negative number ({number}) not allowed: {text}");
    }
}
