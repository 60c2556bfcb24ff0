using System.Net;
using System.Text.Json;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Tests.Engine;

namespace Tandem.LoadBalancer.Tests.Events;

/// <summary>What the events tell, and Cloudflare's path to them.</summary>
public sealed class EventsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly TinyServer _hot = new TinyServer(IPAddress.Parse("127.0.0.2")).Start();
    private readonly TinyServer _standby = new TinyServer(IPAddress.Parse("127.0.0.3")).Start();

    public void Dispose()
    {
        _hot.Dispose();
        _standby.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Events_OfAFlappingCluster_SayWhyInWords()
    {
        using var balancer = new VirtualBalancer();
        for (var i = 0; i < 2; i++)
        {
            balancer.Prober.Refusing.Add(VirtualBalancer.Hot);
            Assert.NotNull(balancer.RunFor(TimeSpan.FromMinutes(1), until: VirtualBalancer.Standby));
            balancer.Prober.Refusing.Clear();
            Assert.NotNull(balancer.RunFor(TimeSpan.FromMinutes(1), until: VirtualBalancer.Hot));
        }

        var events = balancer.Events.Since(0);
        var down = events.First(e => e.Type == BalancerEvent.PoolDown);
        Assert.Matches("^origin cluster: TCP connection failed, 3 failed checks since 2026-01-01T00:00:[0-9.]+Z$", down.Detail);
        Assert.Equal(("cluster", false, true, "TCP connection failed"), down.Origins!.Select(o => (o.Name, o.Healthy, o.Changed, o.FailureReason)).Single());
        Assert.Equal(
            ["the first answer since the start: pool hot", "pool hot is down; pool standby serves", "pool hot is up again and comes first; pool hot serves"],
            events.Where(e => e.Type == BalancerEvent.AnswerChanged).Take(3).Select(e => e.Detail));
        var held = events.Single(e => e.Type == BalancerEvent.Held);
        Assert.Matches("^origin cluster is good, and held back until .* since it went down 2 times of late$", held.Detail);
        Assert.InRange((held.Until - held.At)!.Value.TotalSeconds, 8, 10);
        Assert.Matches("^origin cluster: [0-9]+ checks passed in a row, held back for ([89]|1[0-9]) s$", events.Last(e => e.Type == BalancerEvent.PoolUp).Detail);
    }

    [Fact]
    public async Task Events_OfOperators_ComeBeforeWhatTheyCause()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        var pools = await balancer.ConfigureAsync(new CloudflareMonitor { Interval = 1, Timeout = 1, Retries = 0 }, _hot.EndPoint, _standby.EndPoint);
        Assert.NotEmpty(await balancer.ResolveAsync());
        await balancer.TandemAsync(HttpMethod.Post, $"pools/{pools[0].Id}/force", """{"state":"down"}""");

        var events = (await balancer.EventsAsync()).Events;
        Assert.Contains(events, e => e is { Type: BalancerEvent.ConfigurationChanged, Detail: "pool pool-0 was created" });
        Assert.Equal(
            ["an operator forced pool pool-0 down", "an operator forced it down", "pool pool-0 is forced down; pool pool-1 serves"],
            events.SkipWhile(e => e.Type != BalancerEvent.Forced).Select(e => e.Detail));
    }

    [Fact]
    public async Task Analytics_AfterARestart_TellWhatChangedBefore()
    {
        var options = RunningBalancer.Options(_folder);
        string pool;
        await using (var first = await RunningBalancer.StartAsync(options))
        {
            var pools = await first.ConfigureAsync(new CloudflareMonitor { Interval = 1, Timeout = 1, Retries = 0 }, _hot.EndPoint, _standby.EndPoint);
            pool = pools[0].Id!;
            Assert.NotEmpty(await first.ResolveAsync());
            await first.TandemAsync(HttpMethod.Post, $"pools/{pool}/force", """{"state":"down"}""");
        }

        await using var balancer = await RunningBalancer.StartAsync(options);
        var down = Assert.Single(await AnalyticsAsync(balancer, $"pool_id={pool}&pool_healthy=false"));
        Assert.Equal(("pool-0", false, true, 1), (down.Pool!.Name, down.Pool.Healthy, down.Pool.Changed, down.Pool.MinimumOrigins));
        Assert.Equal(("cluster", "127.0.0.2", "127.0.0.2"), down.Origins!.Select(o => (o.Name, o.Address, o.Ip)).Single());
        Assert.Equal(2, (await AnalyticsAsync(balancer, "pool_name=pool-0")).Count);
        Assert.Single(await AnalyticsAsync(balancer, $"pool_name=pool-0&until={Uri.EscapeDataString(down.Timestamp.AddMilliseconds(-1).ToString("O"))}"));
        Assert.Empty(await AnalyticsAsync(balancer, "origin_name=other"));
        Assert.Equal(HttpStatusCode.BadRequest, (await GetAsync(balancer, "since=yesterday")).StatusCode);
    }

    private static async Task<IReadOnlyList<CloudflareHealthEvent>> AnalyticsAsync(RunningBalancer balancer, string query)
    {
        using var response = await GetAsync(balancer, query);
        response.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize(
            await response.Content.ReadAsStringAsync(), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareHealthEvent)!.Result!;
    }

    private static async Task<HttpResponseMessage> GetAsync(RunningBalancer balancer, string query)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(balancer.Addresses.Api, $"user/load_balancing_analytics/events?{query}"));
        request.Headers.Authorization = new("Bearer", "secret");
        return await balancer.Http.SendAsync(request);
    }
}
