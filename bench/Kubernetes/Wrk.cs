using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Processes;

namespace Tandem.Bench.Kubernetes;

/// <summary>A run of wrk: many connections that ask as fast as they are answered.</summary>
internal sealed partial record Wrk(double RequestsPerSecond, int Failed)
{
    public static async Task<Wrk> RunAsync(string url, int connections, int seconds, string? token, string? script, CancellationToken stop)
    {
        List<string> arguments = ["-t2", $"-c{connections}", $"-d{seconds}s"];
        if (token is not null)
            arguments.AddRange(["-H", $"Authorization: Bearer {token}"]);
        if (script is not null)
            arguments.AddRange(["-s", script]);
        var output = (await ProcessRunner.RunCheckedAsync(new Command("wrk", [.. arguments, url]), stop)).Output;
        var failed = Failures().Match(output) is { Success: true } failures ? int.Parse(failures.Groups[1].Value, CultureInfo.InvariantCulture) : 0;
        return new Wrk(double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), failed);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"Non-2xx or 3xx responses: (\d+)")]
    private static partial Regex Failures();
}
