using System.Diagnostics;
using System.Net;
using System.Text.Json;
using DnsClient;
using Tandem.Cloudflare.Model;
using Tandem.Dns.Server;
using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Tests;

public sealed class LoadBalancerProgramTests : IDisposable
{
    private static readonly CloudflareMonitor Monitor = new()
    {
        Type = "http",
        Path = "/health",
        Interval = 1,
        Timeout = 1,
        Retries = 0,
        ConsecutiveDown = 3,
        ConsecutiveUp = 2,
        ExpectedCodes = "200",
    };

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
    public async Task RunAsync_HotStopsAndStarts_DnsFollows()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        var pools = await balancer.ConfigureAsync(Monitor, _hot.EndPoint, _standby.EndPoint);
        Assert.Equal(["127.0.0.2"], await balancer.ResolveAsync());

        _hot.Stop();
        var down = await UntilAsync(balancer, "127.0.0.3");
        var health = await balancer.Client.PoolHealthAsync(RunningBalancer.Account, pools[0].Id!);
        Assert.False(health.PopHealth!.Single().Value.Healthy);
        Assert.Equal("TCP connection failed", health.PopHealth!.Single().Value.Origins![0]["127.0.0.2"].FailureReason);

        _hot.Restart();
        var up = await UntilAsync(balancer, "127.0.0.2");
        Assert.True((await balancer.Client.Pools(RunningBalancer.Account).GetAsync(pools[0].Id!)).Healthy);

        // Interval 1 s and twice 0.2 s, or once; the rest is a busy machine's.
        Assert.True(down < TimeSpan.FromSeconds(2.5), $"down after {down}");
        Assert.True(up < TimeSpan.FromSeconds(2.5), $"up after {up}");
        Assert.Equal(
            [
                "answer-changed 127.0.0.2", "probe-failed TCP connection failed", "pool-down TCP connection failed",
                "answer-changed 127.0.0.3", "pool-up No failures", "answer-changed 127.0.0.2",
            ],
            (await balancer.EventsAsync()).Events
                .SkipWhile(e => e.Type != BalancerEvent.AnswerChanged)
                .Select(e => $"{e.Type} {e.Reason ?? e.Addresses![0]}"));
        Assert.Equal(
            (await balancer.EventsAsync()).Events.Select(e => e.Seq),
            File.ReadLines(_folder.File("state/events.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("seq").GetInt64()));
    }

    [Fact]
    public async Task RunAsync_BothDown_AnswersTheFallbackAndNeverNothing()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        await balancer.ConfigureAsync(Monitor, _hot.EndPoint, _standby.EndPoint);
        _standby.Stop();
        _hot.Stop();

        await UntilAsync(balancer, "127.0.0.3");
        Assert.Equal(["127.0.0.3"], await balancer.ResolveAsync());
    }

    [Fact]
    public async Task RunAsync_Restarted_ResumesConfigurationHealthAndOperatorsWord()
    {
        var options = RunningBalancer.Options(_folder);
        string since;
        await using (var first = await RunningBalancer.StartAsync(options))
        {
            var pools = await first.ConfigureAsync(Monitor, _hot.EndPoint, _standby.EndPoint);
            Assert.Equal(["127.0.0.2"], await first.ResolveAsync());
            await first.TandemAsync(HttpMethod.Post, $"pools/{pools[0].Id}/force", """{"state":"down"}""");
            Assert.Equal(["127.0.0.3"], await first.ResolveAsync());
            since = Pool(await first.TandemAsync(HttpMethod.Get, "status"), "pool-1").GetProperty("since").GetString()!;
        }

        await using var second = await RunningBalancer.StartAsync(options);
        Assert.Equal(["127.0.0.3"], await second.ResolveAsync());
        var status = await second.TandemAsync(HttpMethod.Get, "status");
        Assert.Equal("down", Pool(status, "pool-0").GetProperty("forced").GetString());
        Assert.True(Pool(status, "pool-0").GetProperty("observed").GetBoolean());
        Assert.Equal(since, Pool(status, "pool-1").GetProperty("since").GetString());

        await second.TandemAsync(HttpMethod.Post, $"pools/{Pool(status, "pool-0").GetProperty("id").GetString()}/force", """{"state":"auto"}""");
        Assert.Equal(["127.0.0.2"], await second.ResolveAsync());
    }

    [Fact]
    public async Task RunAsync_QueryDuringTheFirstRound_IsAnsweredWhenItEnds()
    {
        var options = RunningBalancer.Options(_folder);
        await using (var first = await RunningBalancer.StartAsync(options))
            await first.ConfigureAsync(Monitor, new IPEndPoint(IPAddress.Parse("127.0.0.2"), 9), _standby.EndPoint);

        // The hot one refuses: an answer given before the first round would have been its address.
        await using var second = await RunningBalancer.StartAsync(options);
        Assert.Equal(["127.0.0.3"], await second.ResolveAsync());
    }

    [Fact]
    public async Task Dns_NamesInAndOutsideTheZone_GetTheirResults()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        await balancer.ConfigureAsync(Monitor, _hot.EndPoint);
        var dns = balancer.Dns();

        var answer = await dns.QueryAsync("API.yourCompany.com", QueryType.A);
        Assert.True(answer.Header.HasAuthorityAnswer);
        Assert.Equal(30, answer.Answers.Single().InitialTimeToLive);
        var nodata = await dns.QueryAsync(RunningBalancer.Host, QueryType.AAAA);
        Assert.Equal((DnsHeaderResponseCode.NoError, 0), (nodata.Header.ResponseCode, nodata.Answers.Count));
        Assert.Equal("yourcompany.com.", nodata.Authorities.SoaRecords().Single().DomainName.Value);
        var missing = await dns.QueryAsync("no.yourcompany.com", QueryType.A);
        Assert.Equal(DnsHeaderResponseCode.NotExistentDomain, missing.Header.ResponseCode);
        Assert.InRange(missing.Authorities.SoaRecords().Single().InitialTimeToLive, 1, 30);
        Assert.Equal("ns.yourcompany.com.", (await dns.QueryAsync("yourcompany.com", QueryType.NS)).Answers.NsRecords().Single().NSDName.Value);
        Assert.Single((await dns.QueryAsync("yourcompany.com", QueryType.SOA)).Answers.SoaRecords());
        Assert.Equal(DnsHeaderResponseCode.Refused, (await dns.QueryAsync("example.com", QueryType.A)).Header.ResponseCode);
    }

    [Fact]
    public async Task Dns_WithNameServers_NamesAllOfThemWithTheirAddresses()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            NameServers = [new NameServer("ns1", IPAddress.Parse("192.0.2.1")), new NameServer("ns2", IPAddress.Parse("192.0.2.2")), new NameServer("ns2", IPAddress.Parse("2001:db8::2"))],
        });
        var dns = balancer.Dns();

        Assert.Equal(
            ["ns1.yourcompany.com.", "ns2.yourcompany.com."],
            (await dns.QueryAsync("yourcompany.com", QueryType.NS)).Answers.NsRecords().Select(ns => ns.NSDName.Value).Order());
        Assert.Equal("ns1.yourcompany.com.", (await dns.QueryAsync("yourcompany.com", QueryType.SOA)).Answers.SoaRecords().Single().MName.Value);
        Assert.Equal("192.0.2.2", (await dns.QueryAsync("ns2.yourcompany.com", QueryType.A)).Answers.ARecords().Single().Address.ToString());
        Assert.Equal("2001:db8::2", (await dns.QueryAsync("ns2.yourcompany.com", QueryType.AAAA)).Answers.AaaaRecords().Single().Address.ToString());
    }

    [Fact]
    public async Task RunAsync_AddressInUse_SaysWhich()
    {
        await using var first = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));
        using var other = new TemporaryFolder();
        var options = RunningBalancer.Options(other);
        var api = new IPEndPoint(IPAddress.Loopback, first.Addresses.Api.Port);

        var dns = await Assert.ThrowsAsync<DnsBindException>(
            () => RunningBalancer.StartAsync(options with { DnsEndPoints = first.Addresses.Dns }));
        var http = await Assert.ThrowsAsync<IOException>(() => RunningBalancer.StartAsync(options with { ApiEndPoint = api }));

        Assert.Contains(first.Addresses.Dns[0].ToString(), dns.Message, StringComparison.Ordinal);
        Assert.Contains($"{api}: address already in use", http.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_BrokenConfiguration_IsReportedAndLeftAlone()
    {
        var options = RunningBalancer.Options(_folder);
        Directory.CreateDirectory(options.StateDirectory);
        var path = _folder.File("state/config.json");
        await File.WriteAllTextAsync(path, "{ \"version\": 1, \"pools\": [");

        var error = await Assert.ThrowsAsync<InvalidDataException>(() => RunningBalancer.StartAsync(options));

        Assert.Contains(path, error.Message, StringComparison.Ordinal);
        Assert.Equal("{ \"version\": 1, \"pools\": [", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task RunAsync_TokenThatOthersMayRead_IsRefused()
    {
        var options = RunningBalancer.Options(_folder);
        File.SetUnixFileMode(options.TokenFile, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.Contains("0600", (await Assert.ThrowsAsync<InvalidDataException>(() => RunningBalancer.StartAsync(options))).Message, StringComparison.Ordinal);
    }

    private static JsonElement Pool(JsonElement status, string name) =>
        status.GetProperty("pools").EnumerateArray().Single(p => p.GetProperty("name").GetString() == name);

    /// <summary>Asks until DNS answers with an address; no answer on the way may be empty.</summary>
    private static async Task<TimeSpan> UntilAsync(RunningBalancer balancer, string address)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < TimeSpan.FromSeconds(10))
        {
            var answer = await balancer.ResolveAsync();
            Assert.NotEmpty(answer);
            if (answer.SequenceEqual([address]))
                return clock.Elapsed;
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }

        throw new TimeoutException($"DNS does not answer {address}.");
    }
}
