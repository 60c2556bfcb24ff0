using System.Net;
using System.Net.WebSockets;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Tests.Probing;
using Xunit.Abstractions;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>The proof: an origin is lost under load, and no request that may be sent twice fails.</summary>
[Collection(nameof(Alone))]
public sealed class LostOriginTests(ITestOutputHelper output) : IDisposable
{
    private const int PerSecond = 500;

    private static readonly TimeSpan Before = TimeSpan.FromSeconds(3);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task HotOriginKilled_UnderLoad_NoRequestFails()
    {
        using var hot = await OriginProcess.StartAsync("hot", IPAddress.Parse("127.0.0.2"));
        using var standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));

        await LoseAsync(hot, standby, "502", () =>
        {
            hot.Kill();
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task HotOriginSwallowsEverything_UnderLoad_NoRequestFailsAndNoneWaitsLong()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var hot = await OriginProcess.StartAsync("hot", network.Inside, network.Prefix);
        using var standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));

        // Its own end of the link: packets still leave here, and are answered by nobody.
        await LoseAsync(hot, standby, "504", () => network.RunAsync("ip", "link", "set", "eth0", "down"));
    }

    /// <summary>No new connection has to be made, so that none fails and shows the loss: only silence does.</summary>
    [Fact]
    public async Task HotOriginSwallowsEverything_WithManyIdleConnections_NoRequestFails()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var hot = await OriginProcess.StartAsync("hot", network.Inside, network.Prefix);
        using var standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));

        await LoseAsync(hot, standby, "504", () => network.RunAsync("ip", "link", "set", "eth0", "down"), perSecond: 50, idle: 300);
    }

    /// <summary>The other one is so slow that its checks fail too: requests must not be sent back to the one that is lost.</summary>
    [Fact]
    public async Task HotOriginSwallowsEverything_WhileTheStandbyStalls_NoRequestFails()
    {
        await using var network = await NetworkNamespace.CreateAsync();
        using var hot = await OriginProcess.StartAsync("hot", network.Inside, network.Prefix);
        using var standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));
        var stalls = Task.CompletedTask;

        await LoseAsync(hot, standby, "504", async () =>
        {
            await network.RunAsync("ip", "link", "set", "eth0", "down");
            stalls = StallAsync();
        });
        await stalls;

        async Task StallAsync()
        {
            for (var i = 0; i < 4; i++)
            {
                await standby.StallAsync(TimeSpan.FromSeconds(1.8));
                await Task.Delay(TimeSpan.FromSeconds(0.4), TimeProvider.System);
            }
        }
    }

    private async Task LoseAsync(
        OriginProcess hot, OriginProcess standby, string uploadEnds, Func<Task> lose, int perSecond = PerSecond, int idle = 0)
    {
        await using var balancer = await StartAsync(hot.EndPoint, standby.EndPoint);
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        Assert.Equal("hot", await client.NameAsync());
        await Task.WhenAll(Enumerable.Range(0, idle).Select(_ => client.Http.GetStringAsync("/slow")));
        using var socket = await client.ConnectAsync();
        Assert.Equal("hot", await ProxyClient.AskAsync(socket));
        using var ending = new CancellationTokenSource();
        var upload = EndlessUpload.RunAsync(balancer.Addresses.ProxyHttp[0]);
        var load = new SteadyLoad(client, perSecond);
        var sending = load.RunAsync(ending.Token);
        await Task.Delay(Before, TimeProvider.System);

        var lostAt = load.Elapsed;
        await lose();
        await UntilPoolIsDownAsync(balancer);
        var broken = await Assert.ThrowsAsync<WebSocketException>(async () =>
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
            while (true)
                await ProxyClient.AskAsync(socket, patience.Token);
        });
        var uploaded = await upload.WaitAsync(TimeSpan.FromSeconds(10), TimeProvider.System);
        using var again = await client.ConnectAsync();
        var reconnected = await ProxyClient.AskAsync(again);
        await Task.Delay(Before, TimeProvider.System);
        await ending.CancelAsync();
        var sent = await sending;

        var proxy = (await balancer.TandemAsync(HttpMethod.Get, "status")).GetProperty("proxy");
        var slowest = sent.Where(s => s.At + s.Took > lostAt).Max(s => s.Took);
        output.WriteLine(
            $"{sent.Count} requests, {sent.Count(s => s.Failure is not null)} failed, slowest since the loss {slowest.TotalMilliseconds:F0} ms; proxy {proxy}; " +
            $"upload {uploaded.Split('\r')[0]}; WebSocket {broken.Message}");
        Assert.Empty(sent.Where(s => s.Failure is not null).Select(s => $"{s.At}: {s.Failure}").Take(3));
        Assert.Equal("hot", sent[0].Origin);
        Assert.Equal("standby", sent[^1].Origin);
        Assert.All(sent.TakeLast(perSecond), s => Assert.Equal("standby", s.Origin));
        Assert.True(sent.Count(s => s.Origin == "hot") > perSecond, "the hot origin served before");

        // A second to connect and one for a check to find it slow; the rest is a busy machine's. Without the proxy's help it would be 100 s.
        Assert.True(slowest < TimeSpan.FromSeconds(20), $"slowest {slowest}");
        Assert.True(proxy.GetProperty("retries").GetInt64() > 0);
        Assert.Equal("standby", reconnected);
        Assert.StartsWith($"HTTP/1.1 {uploadEnds} ", uploaded);
        Assert.Contains($"error {uploadEnds}: the origin ", uploaded);
    }

    private async Task<RunningBalancer> StartAsync(IPEndPoint hot, IPEndPoint standby)
    {
        var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            Proxy = new ProxyOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] },
            ConfirmInterval = TimeSpan.FromSeconds(1),
            ConfirmTimeout = TimeSpan.FromSeconds(1),
        });

        // As the platform file has it by default.
        var monitor = new CloudflareMonitor
        {
            Type = "http",
            Path = "/health",
            Interval = 10,
            Timeout = 3,
            Retries = 0,
            ConsecutiveDown = 3,
            ConsecutiveUp = 2,
            ExpectedCodes = "200",
        };
        await balancer.ConfigureAsync(
            monitor, b => b with { Proxied = true, AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = true } }, hot, standby);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        return balancer;
    }

    private static async Task UntilPoolIsDownAsync(RunningBalancer balancer)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(20), TimeProvider.System);
        while (!(await balancer.EventsAsync()).Events.Any(e => e.Type == BalancerEvent.PoolDown))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
    }
}
