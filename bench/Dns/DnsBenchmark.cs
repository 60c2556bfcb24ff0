using System.Diagnostics;
using System.Net;
using Tandem.Host.Prerequisites;
using Tandem.Processes;

namespace Tandem.Bench.Dns;

/// <summary>
/// Answers a second, and processor time an answer, of our load balancer and of Debian's gdnsd: both with a name that follows
/// health checks, with one name and with 10,000, in alternating rounds on the same machine under the same load.
/// </summary>
internal static class DnsBenchmark
{
    private const int Many = 10_000;

    public static async Task<int> RunAsync(int rounds, int seconds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["gdnsd", "dnsperf", "bind9-dnsutils"], stop);
        await using var health = await HealthServer.StartAsync();
        var standby = new IPEndPoint(IPAddress.Parse("127.0.0.2"), health.EndPoint.Port);
        await using var gdnsdOne = GdnsdProcess.OneService(health.EndPoint.Address, standby.Address, health.EndPoint.Port, 1);
        await using var gdnsdMany = GdnsdProcess.OneService(health.EndPoint.Address, standby.Address, health.EndPoint.Port, Many);
        await using var tandemOne = BalancerProcess.Start(Configurations.OneService(health.EndPoint, standby, 1));
        await using var tandemMany = BalancerProcess.Start(Configurations.OneService(health.EndPoint, standby, Many));
        using var one = new Queries(1);
        using var many = new Queries(Many);
        (string Name, int Port, Process Process, Queries Queries)[] servers =
        [
            ("gdnsd, 1 name", gdnsdOne.Port, gdnsdOne.Process, one),
            ("tandem, 1 name", tandemOne.Port, tandemOne.Process, one),
            ("gdnsd, 10,000 names", gdnsdMany.Port, gdnsdMany.Process, many),
            ("tandem, 10,000 names", tandemMany.Port, tandemMany.Process, many),
        ];
        foreach (var server in servers)
            await AnswersAsync(server.Port, stop);

        var measured = servers.ToDictionary(s => s.Name, _ => new List<Dnsperf>());
        for (var round = 0; round <= rounds; round++)
        {
            foreach (var (name, port, process, queries) in servers)
            {
                var run = await Dnsperf.RunAsync(port, process, queries.File, seconds, stop);
                Console.Error.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}"),-8} {name,-22} {run.QueriesPerSecond,9:0}/s {run.CpuMicroseconds,6:0.00} µs, {run.Lost} lost");
                if (round > 0)
                    measured[name].Add(run);
            }
        }

        foreach (var (name, runs) in measured)
            Console.WriteLine($"{name,-22} {Median(runs, r => r.QueriesPerSecond),9:0} queries/s  {Median(runs, r => r.CpuMicroseconds),6:0.00} µs of CPU a query");
        Ratio("tandem : gdnsd, 1 name", "tandem, 1 name", "gdnsd, 1 name");
        Ratio("tandem : gdnsd, 10,000 names", "tandem, 10,000 names", "gdnsd, 10,000 names");
        Ratio("tandem, 10,000 names : 1 name", "tandem, 10,000 names", "tandem, 1 name");
        return 0;

        // Of each round's pair, so that what disturbs the machine for a while disturbs both.
        void Ratio(string what, string ours, string theirs)
        {
            var pairs = measured[ours].Zip(measured[theirs]).ToList();
            Console.WriteLine($"{what,-30} {Median(pairs, p => p.First.QueriesPerSecond / p.Second.QueriesPerSecond),6:0.00} × the queries, {Median(pairs, p => p.First.CpuMicroseconds / p.Second.CpuMicroseconds):0.00} × the CPU a query");
        }
    }

    private static double Median<T>(IEnumerable<T> all, Func<T, double> of)
    {
        var sorted = all.Select(of).Order().ToList();
        return sorted[sorted.Count / 2];
    }

    /// <summary>Waits for the right answer: a server that still settles would be measured as a fast one.</summary>
    private static async Task AnswersAsync(int port, CancellationToken stop)
    {
        var dig = new Processes.Command("dig", "@127.0.0.1", "-p", $"{port}", "+short", "+tries=1", "+timeout=1", "host0.example.com");
        while ((await ProcessRunner.RunAsync(dig, stop)).Output.Trim() != "127.0.0.1")
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
    }

    /// <summary>A file of queries: every name once, in an order that caches cannot foresee.</summary>
    private sealed class Queries : IDisposable
    {
        public Queries(int names)
        {
            var order = Enumerable.Range(0, names).ToArray();
            new Random(1).Shuffle(order);
            System.IO.File.WriteAllLines(File, order.Select(i => $"host{i}.example.com A"));
        }

        public string File { get; } = Path.GetTempFileName();

        public void Dispose() => System.IO.File.Delete(File);
    }
}
