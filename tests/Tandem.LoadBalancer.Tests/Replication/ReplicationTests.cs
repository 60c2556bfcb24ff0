using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Tandem.Cloudflare.Model;
using static Tandem.LoadBalancer.Tests.Replication.ServerGroup;

namespace Tandem.LoadBalancer.Tests.Replication;

/// <summary>Several load balancers in this process that keep one configuration.</summary>
public sealed class ReplicationTests
{
    private static readonly CloudflareMonitor Monitor = new() { Type = "http", Interval = 1, Timeout = 1, Retries = 0 };

    [Fact]
    public async Task Write_ToAnyOfThree_IsAnsweredByAll()
    {
        using var origin = new TinyServer(IPAddress.Parse("127.0.0.6")).Start();
        await using var group = new ServerGroup(3);
        await group.StartAllAsync();

        var pools = await group[1].ConfigureAsync(Monitor, origin.EndPoint);
        for (var i = 0; i < 3; i++)
            await UntilAsync(async () => (await group[i].ResolveAsync()).SequenceEqual(["127.0.0.6"]), $"server {i} answers");

        // An operator's word, and a deletion, reach the others as well.
        await group[2].TandemAsync(HttpMethod.Post, $"pools/{pools[0].Id}/force", """{"state":"down"}""");
        await UntilAsync(async () => await ForcedAsync(group[0]) == "down", "the word reaches the first");
        var balancers = await group[0].Client.LoadBalancers(RunningBalancer.Zone).ListAsync();
        await group[0].Client.LoadBalancers(RunningBalancer.Zone).DeleteAsync(balancers[0].Id!);
        await UntilAsync(async () => (await group[2].ResolveAsync()).Length == 0, "the third answers no more");
    }

    [Fact]
    public async Task Start_AfterAnAbsence_KnowsEverythingBeforeItAnswers()
    {
        await using var group = new ServerGroup(3);
        await group.StartAllAsync();
        var kept = await MonitorAsync(group[2]);
        var removed = await MonitorAsync(group[2]);
        await UntilAsync(async () => (await IdsAsync(group[0])).IsSupersetOf([kept, removed]), "both monitors reach the first");
        await group.StopAsync(2);
        await group[0].Client.Monitors(RunningBalancer.Account).DeleteAsync(removed);
        var added = await MonitorAsync(group[0]);

        await group.StartAsync(2);

        Assert.True((await IdsAsync(group[2])).SetEquals([added, kept]));
    }

    [Fact]
    public async Task Writes_ToAllAtTheSameTime_AreAllKept()
    {
        await using var group = new ServerGroup(3);
        await group.StartAllAsync();

        var acknowledged = (await Task.WhenAll(Enumerable.Range(0, 3).SelectMany(i => Enumerable.Range(0, 10).Select(_ => MonitorAsync(group[i]))))).ToHashSet();

        Assert.Equal(30, acknowledged.Count);
        for (var i = 0; i < 3; i++)
            await UntilAsync(async () => (await IdsAsync(group[i])).SetEquals(acknowledged), $"server {i} has all");
    }

    [Fact]
    public async Task Start_PeerThatNeverAnswers_IsNotWaitedFor()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        await using var group = new ServerGroup(2, (IPEndPoint)silent.LocalEndpoint);
        var clock = Stopwatch.StartNew();
        await group.StartAsync(0);
        await group.StartAsync(1);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"started after {clock.Elapsed}; the wait is 1 s each");

        clock.Restart();
        var id = await MonitorAsync(group[0]);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(1), $"a write took {clock.Elapsed}");
        await UntilAsync(async () => (await IdsAsync(group[1])).Contains(id), "it reaches the living peer", 2);

        await UntilAsync(async () => (await group[0].EventsAsync()).Events.Any(e => e.Type == "peer-lost" && e.Peer == silent.LocalEndpoint.ToString()), "the peer is lost", 15);
        var peers = (await group[0].TandemAsync(HttpMethod.Get, "status")).GetProperty("peers").EnumerateArray().ToList();
        Assert.Equal([true, false], peers.Select(p => p.GetProperty("reachable").GetBoolean()));
        Assert.InRange(peers[0].GetProperty("lastExchangeAgeSeconds").GetDouble(), 0, 12);
        Assert.Equal("no answer within 5 s", peers[1].GetProperty("error").GetString());
    }

    [Fact]
    public async Task Peer_ThatStopsAndStarts_IsLostAndBack()
    {
        await using var group = new ServerGroup(2);
        await group.StartAllAsync();
        await UntilAsync(async () => await ReachableAsync(group[0]), "the peer is reached");
        await group.StopAsync(1);
        await UntilAsync(async () => (await group[0].EventsAsync()).Events.Any(e => e.Type == "peer-lost"), "the peer is lost", 20);
        Assert.False(await ReachableAsync(group[0]));

        // Its own first exchange says that it is there: the pause of up to 10 s is not waited for.
        await group.StartAsync(1);
        await UntilAsync(async () => await ReachableAsync(group[0]), "the peer is back", 2);
        Assert.Equal(["peer-lost", "peer-back"], (await group[0].EventsAsync()).Events.Where(e => e.Peer is not null).Select(e => e.Type));
    }

    [Theory]
    [InlineData("guess", """{"version":1}""", HttpStatusCode.Forbidden)]
    [InlineData("secret", """{"version":2}""", HttpStatusCode.BadRequest)]
    [InlineData("secret", """{"version":1,"pools":[{"id":"p"}]}""", HttpStatusCode.BadRequest)]
    [InlineData("secret", """{"version":1,"load_balancers":[{"id":"l","name":"l.yourcompany.com","ttl":30,"default_pools":["p"],"fallback_pool":"p"}]}""", HttpStatusCode.BadRequest)]
    [InlineData("secret", "[", HttpStatusCode.BadRequest)]
    [InlineData("secret", """{"version":1}""", HttpStatusCode.NoContent)]
    public async Task Exchange_Body_IsCheckedBeforeAnythingIsTakenIn(string token, string body, HttpStatusCode expected)
    {
        using var folder = new TemporaryFolder();
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(folder));

        Assert.Equal(expected, await PutAsync(balancer, "/tandem/v1/configuration", token, body));
        Assert.Empty(await balancer.Client.LoadBalancers(RunningBalancer.Zone).ListAsync());
    }

    [Fact]
    public async Task Exchange_MoreThanOtherRequestsMayHave_IsRead()
    {
        using var folder = new TemporaryFolder();
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(folder));
        var body = """{"version":1}""" + new string(' ', 2 << 20);

        Assert.Equal(HttpStatusCode.NoContent, await PutAsync(balancer, "/tandem/v1/configuration", "secret", body));
        Assert.Equal(
            HttpStatusCode.RequestEntityTooLarge,
            await PutAsync(balancer, $"/client/v4/accounts/{RunningBalancer.Account}/load_balancers/pools/{new string('a', 32)}", "secret", body));
    }

    [Theory]
    [InlineData("192.0.2.1:8053", "is not a loopback address")]
    [InlineData("127.0.0.1:9", "is this server's own API")]
    public async Task RunAsync_PeerThatCannotBeOne_IsRefused(string peer, string message)
    {
        using var folder = new TemporaryFolder();
        var options = RunningBalancer.Options(folder) with { ApiEndPoint = IPEndPoint.Parse("127.0.0.1:9"), Peers = [IPEndPoint.Parse(peer)] };

        Assert.Contains(message, (await Assert.ThrowsAsync<ArgumentException>(() => RunningBalancer.StartAsync(options))).Message, StringComparison.Ordinal);
    }

    private static async Task<string> MonitorAsync(RunningBalancer server) =>
        (await server.Client.Monitors(RunningBalancer.Account).CreateAsync(Monitor)).Id!;

    private static async Task<HashSet<string>> IdsAsync(RunningBalancer server) =>
        [.. (await server.Client.Monitors(RunningBalancer.Account).ListAsync()).Select(monitor => monitor.Id!)];

    private static async Task<string?> ForcedAsync(RunningBalancer server) =>
        (await server.TandemAsync(HttpMethod.Get, "status")).GetProperty("pools")[0].GetProperty("forced").GetString();

    private static async Task<bool> ReachableAsync(RunningBalancer server) =>
        (await server.TandemAsync(HttpMethod.Get, "status")).GetProperty("peers")[0].GetProperty("reachable").GetBoolean();

    private static async Task<HttpStatusCode> PutAsync(RunningBalancer balancer, string path, string token, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(balancer.Addresses.Api, path));
        request.Headers.Authorization = new("Bearer", token);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await balancer.Http.SendAsync(request);
        return response.StatusCode;
    }
}
