using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Host.Prerequisites;
using Tandem.Processes;

namespace Tandem.Bench.Kubernetes;

/// <summary>
/// 1,000 Services with 10 endpoints each: how long until they work when nothing of them is in the kernel, and how long until a
/// changed endpoint does. Both from the API's request to a connection through the rules, which is tried each millisecond.
/// </summary>
internal static class ServicesBenchmark
{
    private const int Services = 1000;
    private const int Endpoints = 10;
    private const string Address = "10.96.255.1";
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/default/endpointslices";

    /// <summary>In a network namespace of its own: the cluster's process writes the rules of where it runs.</summary>
    public static async Task<int> RunAsync(int rounds, CancellationToken stop)
    {
        await DebianPackages.InstallAsync(["etcd-server", "nftables"], stop);
        return await OwnNetwork.RunAsync(stop, "measure-services", $"{rounds}");
    }

    public static async Task<int> MeasureAsync(int rounds, CancellationToken stop)
    {
        // Where Services' addresses would leave the node: the rules rewrite them on the way.
        await ProcessRunner.RunCheckedAsync(new Command("ip", "route", "add", "default", "dev", "lo"), stop);
        string[] ends = ["10.244.9.1", "10.244.9.2"];
        foreach (var end in ends)
            await ProcessRunner.RunCheckedAsync(new Command("ip", "address", "add", $"{end}/32", "dev", "lo"), stop);
        using var listener = new TcpListener(IPAddress.Any, 9000);
        listener.Start(512);

        await using var etcd = await EtcdProcess.StartAsync(stop);
        var (cluster, _) = await ClusterProcess.StartAsync(etcd, stop);
        await using var _1 = cluster;
        using var client = cluster.Client(HttpVersion.Version20);
        await Parallel.ForAsync(0, Services, new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = stop }, async (i, _) =>
        {
            await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces/default/services",
                $$$"""{"metadata":{"name":"s{{{i}}}"},"spec":{"ports":[{"port":80}],"clusterIP":"10.96.{{{1 + i / 200}}}.{{{1 + i % 200}}}"}}""", stop);
            await SendAsync(client, HttpMethod.Post, Slices, Slice($"s{i}", Enumerable.Range(0, Endpoints).Select(e => $"10.244.{1 + i / 200}.{1 + (i + e) % 200}")), stop);
        });
        await SendAsync(client, HttpMethod.Post, "/api/v1/namespaces/default/services", $$$"""{"metadata":{"name":"probe"},"spec":{"ports":[{"port":80}],"clusterIP":"{{{Address}}}"}}""", stop);
        await SendAsync(client, HttpMethod.Post, Slices, Slice("probe", [ends[0]]), stop);
        await ReachesAsync(listener, ends[0], stop);

        var (whole, change) = (new List<double>(), new List<double>());
        for (var round = 1; round <= rounds * 4; round++)
        {
            var to = ends[round % 2];
            var removed = round % 4 == 0;
            if (removed)
                await ProcessRunner.RunCheckedAsync(new Command("nft", "delete", "table", "ip", "tandem"), stop);
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, stop);
            var began = Stopwatch.GetTimestamp();
            await SendAsync(client, HttpMethod.Put, $"{Slices}/probe", Slice("probe", [to]), stop);
            await ReachesAsync(listener, to, stop);
            (removed ? whole : change).Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }

        Console.WriteLine($"{Services} Services x {Endpoints} endpoints, from nothing in the kernel: {Text(whole)} (aim under 1000 ms)");
        Console.WriteLine($"one changed endpoint among them: {Text(change)} (aim under 50 ms)");
        return 0;
    }

    private static string Text(List<double> milliseconds)
    {
        milliseconds.Sort();
        return $"median {milliseconds[milliseconds.Count / 2]:0} ms, longest {milliseconds[^1]:0} ms of {milliseconds.Count}";
    }

    // The endpoint is the listener's own address of an accepted connection, so nothing has to be sent.
    private static async Task ReachesAsync(TcpListener listener, string endpoint, CancellationToken stop)
    {
        var wanted = IPAddress.Parse(endpoint);
        while (true)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
            patience.CancelAfter(TimeSpan.FromMilliseconds(20));
            try
            {
                await socket.ConnectAsync(IPAddress.Parse(Address), 80, patience.Token);
                using var accepted = await listener.AcceptSocketAsync(patience.Token);
                if (((IPEndPoint)accepted.LocalEndPoint!).Address.Equals(wanted))
                    return;
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException && !stop.IsCancellationRequested)
            {
                // Refused, or on its way to nobody: the rules are not there yet.
            }

            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, stop);
        }
    }

    private static string Slice(string service, IEnumerable<string> addresses)
    {
        var endpoints = string.Join(',', addresses.Select(a => $$$"""{"addresses":["{{{a}}}"],"conditions":{"ready":true} }"""));
        return $$$"""{"metadata":{"name":"{{{service}}}","labels":{"kubernetes.io/service-name":"{{{service}}}"}},"addressType":"IPv4","ports":[{"name":"","port":9000,"protocol":"TCP"}],"endpoints":[{{{endpoints}}}]}""";
    }

    private static async Task SendAsync(HttpClient client, HttpMethod method, string path, string body, CancellationToken stop)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, Encoding.UTF8, "application/json"), Version = HttpVersion.Version20 };
        using var answer = await client.SendAsync(request, stop);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException(await answer.Content.ReadAsStringAsync(stop));
    }
}
