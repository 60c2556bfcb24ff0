using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Tandem.Processes;

namespace Tandem.Bench.Dns;

/// <summary>One run of dnsperf against a server.</summary>
/// <param name="QueriesPerSecond">Answered queries a second.</param>
/// <param name="CpuMicroseconds">Processor time of the server a query, kernel included.</param>
/// <param name="Lost">Queries without an answer.</param>
internal sealed partial record Dnsperf(double QueriesPerSecond, double CpuMicroseconds, long Lost)
{
    /// <param name="port">The server's, on 127.0.0.1.</param>
    /// <param name="server">Whose processor time is counted.</param>
    /// <param name="queries">The file of queries.</param>
    /// <param name="seconds">How long.</param>
    /// <param name="stop">Ends it.</param>
    /// <param name="core">The only core that dnsperf uses; null for all.</param>
    public static async Task<Dnsperf> RunAsync(int port, Process server, string queries, int seconds, CancellationToken stop, int? core = null)
    {
        string[] command = [.. core is null ? Array.Empty<string>() : ["taskset", "-c", $"{core}"], "dnsperf", "-s", "127.0.0.1", "-p", $"{port}", "-d", queries, "-l", $"{seconds}", "-c", "8", "-T", "1", "-q", "400", "-t", "2"];
        server.Refresh();
        var before = server.TotalProcessorTime;
        var result = await ProcessRunner.RunCheckedAsync(
            new Processes.Command(command[0], command[1..]), stop);
        server.Refresh();
        var cpu = server.TotalProcessorTime - before;
        var completed = Number(Completed(), result.Output);
        return new Dnsperf(Number(Rate(), result.Output), cpu.TotalMicroseconds / completed, (long)Number(LostQueries(), result.Output));
    }

    private static double Number(Regex pattern, string text) =>
        double.Parse(pattern.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Queries completed:\s+(\d+)")]
    private static partial Regex Completed();

    [GeneratedRegex(@"Queries lost:\s+(\d+)")]
    private static partial Regex LostQueries();

    [GeneratedRegex(@"Queries per second:\s+([\d.]+)")]
    private static partial Regex Rate();
}
