using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.Whoami;

/// <summary>Durations as Go writes them: <c>1m30s</c>, <c>250ms</c>, <c>1.5h</c>.</summary>
internal static partial class GoDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads a duration; none where the text is no duration. Longer ones count as one hour, so that nobody parks requests for ever.</summary>
    public static bool TryParse(string? text, out TimeSpan duration)
    {
        duration = default;
        if (text is null || !Whole().IsMatch(text))
            return false;
        var seconds = Part().Matches(text).Sum(m =>
            double.Parse(m.Groups[1].Value, CultureInfo.InvariantCulture) * Seconds(m.Groups[2].Value));
        duration = TimeSpan.FromSeconds(Math.Min(seconds, Longest.TotalSeconds));
        return true;
    }

    private static double Seconds(string unit) => unit switch
    {
        "h" => 3600,
        "m" => 60,
        "s" => 1,
        "ms" => 1e-3,
        "us" or "µs" => 1e-6,
        _ => 1e-9,
    };

    [GeneratedRegex(@"\A(?:[0-9]{1,15}(?:\.[0-9]{1,15})?(?:ns|us|µs|ms|s|m|h))+\z")]
    private static partial Regex Whole();

    [GeneratedRegex(@"([0-9]+(?:\.[0-9]+)?)(ns|us|µs|ms|s|m|h)")]
    private static partial Regex Part();
}
