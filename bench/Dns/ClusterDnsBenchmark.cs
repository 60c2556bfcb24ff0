using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text;
using Tandem.Bench.Kubernetes;
using Tandem.Host.Prerequisites;
using Tandem.Processes;

namespace Tandem.Bench.Dns;

/// <summary>
/// The cluster DNS, following a real API with 1,000 Services, beside unbound with the same records as local data: one core for
/// the server, the other for dnsperf, in alternating rounds. Half of the queries are for A, a quarter for AAAA, of which there
/// are none, and a quarter for names that are not, as pods' search paths make them.
/// </summary>
internal static class ClusterDnsBenchmark
{
    private const int Services = 1000;

    public static async Task<int> RunAsync(int rounds, int seconds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server", "unbound", "dnsperf", "bind9-dnsutils"], stop);
        return await OwnNetwork.RunAsync(stop, "measure-cluster-dns", $"{rounds}", $"{seconds}");
    }

    public static async Task<int> MeasureAsync(int rounds, int seconds, CancellationToken stop)
    {
        var folder = Directory.CreateTempSubdirectory("tandem-bench-cluster-dns-").FullName;
        await using var etcd = await EtcdProcess.StartAsync(stop);
        var (cluster, _) = await ClusterProcess.StartAsync(etcd, stop);
        await using var _1 = cluster;
        using var client = cluster.Client(HttpVersion.Version20);
        await Parallel.ForAsync(0, Services, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stop }, async (i, _) =>
        {
            using var answer = await client.PostAsync("/api/v1/namespaces/default/services", new StringContent(
                $$$"""{"metadata":{"name":"s{{{i}}}"},"spec":{"ports":[{"name":"http","port":80}],"clusterIP":"{{{Address(i)}}}"}}""", Encoding.UTF8, "application/json"), stop);
            answer.EnsureSuccessStatusCode();
        });
        var queries = Path.Combine(folder, "queries");
        await File.WriteAllLinesAsync(queries, Queries(), stop);
        var (ourPort, theirPort, health) = (Ports.Free(), Ports.Free(), Ports.Free());
        using var ours = ProcessRunner.StartInherited(new Processes.Command("taskset", "-c", "0", "dotnet", Path.Combine(AppContext.BaseDirectory, "Tandem.ClusterDns.dll"))
        {
            Environment = new Dictionary<string, string?>
            {
                ["KUBECONFIG"] = cluster.Kubeconfig,
                ["DNS_PORT"] = ourPort.ToString(CultureInfo.InvariantCulture),
                ["HEALTH_PORT"] = health.ToString(CultureInfo.InvariantCulture),
            },
        });
        var configuration = Path.Combine(folder, "unbound.conf");
        await File.WriteAllTextAsync(configuration, Unbound(theirPort), stop);
        using var theirs = ProcessRunner.StartInherited(new Processes.Command("taskset", "-c", "0", "unbound", "-d", "-c", configuration));
        try
        {
            (string Name, int Port, Process Process)[] servers = [("unbound", theirPort, theirs), ("cluster DNS", ourPort, ours)];
            foreach (var (_, port, _) in servers)
                await AnswersAsync(port, stop);
            var measured = servers.ToDictionary(s => s.Name, _ => new List<Dnsperf>());
            for (var round = 0; round <= rounds; round++)
            {
                foreach (var (name, port, process) in servers)
                {
                    var run = await Dnsperf.RunAsync(port, process, queries, seconds, stop, core: 1);
                    Console.Error.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}"),-8} {name,-12} {run.QueriesPerSecond,9:0}/s {run.CpuMicroseconds,6:0.00} µs, {run.Lost} lost");
                    if (round > 0)
                        measured[name].Add(run);
                }
            }

            foreach (var (name, runs) in measured)
                Console.WriteLine($"{name,-12} {Median(runs.Select(r => r.QueriesPerSecond)),9:0} queries/s, {Median(runs.Select(r => r.CpuMicroseconds)),6:0.00} µs of CPU a query, so {1e6 / Median(runs.Select(r => r.CpuMicroseconds)):0} queries/s of a whole core (aim 30000)");
            Console.WriteLine($"cluster DNS : unbound {Median(measured["cluster DNS"].Zip(measured["unbound"], (a, b) => a.CpuMicroseconds / b.CpuMicroseconds)):0.00} × the CPU a query");
            return 0;
        }
        finally
        {
            foreach (var process in new[] { ours, theirs })
            {
                process.Kill();
                await process.WaitForExitAsync(CancellationToken.None);
            }

            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Address(int service) => $"10.96.{1 + service / 200}.{1 + service % 200}";

    private static string Name(int service) => $"s{service}.default.svc.cluster.local";

    private static IEnumerable<string> Queries()
    {
        var order = Enumerable.Range(0, Services).ToArray();
        new Random(1).Shuffle(order);
        return order.SelectMany(i => new[] { $"{Name(i)} A", $"{Name(i)} AAAA", $"s{i}.default.svc.cluster.local.svc.cluster.local A", $"{Name((i + 1) % Services)} A" });
    }

    private static string Unbound(int port) => $"""
        server:
          interface: 127.0.0.1@{port}
          num-threads: 1
          username: ""
          chroot: ""
          directory: "/tmp"
          use-syslog: no
          do-daemonize: no
          pidfile: ""
          local-zone: "cluster.local." static
        {string.Concat(Enumerable.Range(0, Services).Select(i => $"  local-data: \"{Name(i)}. 5 A {Address(i)}\"\n"))}
        """;

    /// <summary>Waits for the right answer of the last Service.</summary>
    private static async Task AnswersAsync(int port, CancellationToken stop)
    {
        var dig = new Processes.Command("dig", "@127.0.0.1", "-p", $"{port}", "+short", "+tries=1", "+timeout=1", Name(Services - 1));
        while ((await ProcessRunner.RunAsync(dig, stop)).Output.Trim() != Address(Services - 1))
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, stop);
    }

    private static double Median(IEnumerable<double> all)
    {
        var sorted = all.Order().ToList();
        return sorted[sorted.Count / 2];
    }
}
