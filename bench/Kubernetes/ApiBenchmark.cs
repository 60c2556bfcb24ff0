using System.Net;
using System.Text;
using Tandem.Host.Prerequisites;

namespace Tandem.Bench.Kubernetes;

/// <summary>
/// The API beside what it could be at best: GET and LIST against nginx with the same bytes as files, creation against a bare
/// client of the same etcd. In alternating rounds, at 32 connections, over TLS.
/// </summary>
internal static class ApiBenchmark
{
    private const int Connections = 32;
    private const int ListLength = 50;
    /// <summary>Makes an object of about a kilobyte, its metadata included.</summary>
    private static readonly string Filler = new('x', 600);

    private const string Maps = "/api/v1/namespaces/default/configmaps";

    public static async Task<int> RunAsync(int rounds, int seconds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server", "nginx-light", "wrk"], stop);
        await using var etcd = await EtcdProcess.StartAsync(stop);
        var (cluster, _) = await ClusterProcess.StartAsync(etcd, stop);
        await using var _1 = cluster;
        using var client = cluster.Client(HttpVersion.Version11);
        await cluster.MakeTokenAsync(client, stop);
        foreach (var i in Enumerable.Range(0, ListLength))
        {
            using var created = await client.PostAsync("/api/v1/namespaces/kube-public/configmaps", Map($"m{i}"), stop);
            created.EnsureSuccessStatusCode();
        }

        const string one = "/api/v1/namespaces/kube-public/configmaps/m0", list = "/api/v1/namespaces/kube-public/configmaps";
        var files = new Dictionary<string, byte[]> { ["one"] = await client.GetByteArrayAsync(one, stop), ["list"] = await client.GetByteArrayAsync(list, stop) };
        await using var nginx = new NginxProcess(files);
        Console.WriteLine($"GET {files["one"].Length} bytes, LIST {files["list"].Length} bytes of {ListLength} objects, {Connections} connections");
        var measured = new Dictionary<string, List<double>>();
        using var script = new CreateScript(cluster.Token);
        for (var round = 0; round <= rounds; round++)
        {
            await MeasureAsync("GET, nginx", () => WrkAsync($"https://127.0.0.1:{nginx.Port}/one", null));
            await MeasureAsync("GET, tandem", () => WrkAsync(new Uri(cluster.Address, one).ToString(), cluster.Token));
            await MeasureAsync("LIST, nginx", () => WrkAsync($"https://127.0.0.1:{nginx.Port}/list", null));
            await MeasureAsync("LIST, tandem", () => WrkAsync(new Uri(cluster.Address, list).ToString(), cluster.Token));
            await MeasureAsync("create, etcd alone", () => BareEtcd.RunAsync(etcd.Socket, files["one"].Length, Connections, seconds, stop));
            await MeasureAsync("create, tandem", () => WrkAsync(new Uri(cluster.Address, Maps).ToString(), null, script.NewRound()));

            async Task MeasureAsync(string what, Func<Task<double>> run)
            {
                var rate = await run();
                Console.Error.WriteLine($"{(round == 0 ? "warm-up" : $"round {round}"),-8} {what,-20} {rate,9:0}/s");
                if (round > 0)
                    measured.TryAdd(what, []);
                if (round > 0)
                    measured[what].Add(rate);
            }
        }

        Ratio("GET", "nginx", 0.5);
        Ratio("LIST", "nginx", 0.5);
        Ratio("create", "etcd alone", 0.7);
        return 0;

        async Task<double> WrkAsync(string url, string? token, string? lua = null)
        {
            var run = await Wrk.RunAsync(url, Connections, seconds, token, lua, stop);
            return run.Failed == 0 ? run.RequestsPerSecond : throw new InvalidOperationException($"{url}: {run.Failed} answers were failures");
        }

        // Of each round's pair, so that what disturbs the machine for a while disturbs both.
        void Ratio(string what, string against, double aim)
        {
            var (ours, theirs) = (measured[$"{what}, tandem"], measured[$"{what}, {against}"]);
            var ratios = ours.Zip(theirs, (a, b) => a / b).Order().ToList();
            Console.WriteLine($"{what,-7} tandem {ours.Order().ElementAt(ours.Count / 2),8:0}/s, {against} {theirs.Order().ElementAt(theirs.Count / 2),8:0}/s, ratio {ratios[ratios.Count / 2]:0.00} (aim {aim:0.0})");
        }
    }

    private static StringContent Map(string name) =>
        new($$$"""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"{{{name}}}"},"data":{"value":"{{{Filler}}}"}}""", Encoding.UTF8, "application/json");

    /// <summary>Has wrk create objects, each with a name of its own.</summary>
    private sealed class CreateScript(string token) : IDisposable
    {
        private readonly string _file = Path.GetTempFileName();
        private int _round;

        public string NewRound()
        {
            File.WriteAllText(_file, $$$"""
                local thread = 0
                function setup(t) t:set("id", thread); thread = thread + 1 end
                local n = 0
                local headers = { ["Content-Type"] = "application/json", ["Authorization"] = "Bearer {{{token}}}" }
                function request()
                  n = n + 1
                  local body = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"r{{{_round++}}}-' .. id .. '-' .. n .. '"},"data":{"value":"{{{Filler}}}"}}'
                  return wrk.format("POST", nil, headers, body)
                end
                """);
            return _file;
        }

        public void Dispose() => File.Delete(_file);
    }
}
