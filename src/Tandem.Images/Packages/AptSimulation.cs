using System.Text.RegularExpressions;

namespace Tandem.Images.Packages;

/// <summary>Reads what <c>apt-get --simulate install</c> says it would do.</summary>
internal static partial class AptSimulation
{
    public static IReadOnlyList<DebianPackage> Parse(string output) =>
        [.. InstLine().Matches(output).Select(m => new DebianPackage(m.Groups[1].Value, m.Groups[2].Value, m.Groups[3].Value))
            .OrderBy(p => p.Name, StringComparer.Ordinal)];

    /// <summary>The packages that apt's error text names as unknown.</summary>
    public static IReadOnlyList<string> Missing(string error) =>
        [.. UnknownPackage().Matches(error).Select(m => m.Groups[1].Value).Distinct()];

    // Inst libssl3 (3.0.22-1 Debian-Security:12/oldstable-security, Debian:12 [amd64]) []
    [GeneratedRegex(@"^Inst ([^ :]+)(?::\w+)? (?:\[[^]]*\] )?\(([^ ]+) [^\[\n]*\[(\w+)\]\)", RegexOptions.Multiline)]
    private static partial Regex InstLine();

    [GeneratedRegex(@"(?:Unable to locate package |Package '?)([a-z0-9][a-z0-9+.-]*)")]
    private static partial Regex UnknownPackage();
}
