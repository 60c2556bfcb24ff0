using System.Globalization;

namespace Tandem.LoadBalancer.Probing;

/// <summary>Status codes that pass: "200", "2xx", several with commas; empty for any.</summary>
public sealed class ExpectedCodes
{
    private readonly (int From, int To)[] _ranges;

    private ExpectedCodes((int, int)[] ranges) => _ranges = ranges;

    /// <summary>Every code passes.</summary>
    public static ExpectedCodes Any { get; } = new([]);

    /// <summary>Whether a code passes.</summary>
    public bool Contain(int code) => _ranges.Length == 0 || _ranges.Any(range => code >= range.From && code <= range.To);

    /// <summary>Reads the monitor's field.</summary>
    /// <returns>False where a part is neither a code from 100 to 599 nor such a class as 2xx.</returns>
    public static bool TryParse(string text, out ExpectedCodes codes)
    {
        codes = Any;
        if (text.Length == 0)
            return true;
        var ranges = new List<(int, int)>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries))
        {
            if (part.Length == 3 && part[0] is >= '1' and <= '5' && part.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
                ranges.Add(((part[0] - '0') * 100, (part[0] - '0') * 100 + 99));
            else if (int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code is >= 100 and <= 599)
                ranges.Add((code, code));
            else
                return false;
        }

        codes = new ExpectedCodes([.. ranges]);
        return true;
    }
}
