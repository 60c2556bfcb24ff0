using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>What the proxy does with requests, with real origins and real sockets.</summary>
public sealed class ProxyTests : ProxyFixture
{
    [Fact]
    public async Task Request_ProxiedHostname_IsForwardedWithWhomItCameFrom()
    {
        await using var balancer = await StartAsync(b => b);
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/path?query=1") { Content = new StringContent(new string('x', 200_000)) };
        request.Headers.Add("X-Forwarded-For", "198.51.100.1");
        request.Headers.Add("Forwarded", "for=198.51.100.1");
        request.Headers.Add("X-Tandem-Pool", "?");

        using var response = await client.Http.SendAsync(request);

        var seen = await response.Content.ReadFromJsonAsync<JsonElement>();
        var headers = seen.GetProperty("headers");
        Assert.Equal(("POST", "/path?query=1", 200_000), (seen.GetProperty("method").GetString(), seen.GetProperty("url").GetString(), seen.GetProperty("received").GetInt32()));
        Assert.Equal(
            [RunningBalancer.Host, "127.0.0.1", "http", RunningBalancer.Host],
            new[] { "host", "x-forwarded-for", "x-forwarded-proto", "x-forwarded-host" }.Select(name => headers.GetProperty(name).GetString()));
        Assert.False(headers.TryGetProperty("forwarded", out _));
        Assert.False(headers.TryGetProperty("x-tandem-pool", out _));
        Assert.Equal(["pool-0"], response.Headers.GetValues("X-Tandem-Pool"));
        Assert.False((await client.Http.GetAsync("/")).Headers.Contains("X-Tandem-Pool"));
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
    }

    [Fact]
    public async Task Request_OtherHostname_IsMisdirected()
    {
        await using var balancer = await StartAsync(b => b);
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = "other.yourcompany.com" } };

        using var response = await client.Http.SendAsync(request);

        Assert.Equal(421, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("GET", true, "standby")]
    [InlineData("DELETE", true, "standby")]
    [InlineData("POST", true, "502")]
    [InlineData("GET", false, "502")]
    public async Task Request_OriginRefuses_IsTriedOnAnotherPoolIfItMayBe(string method, bool across, string expected)
    {
        await using var balancer = await StartAsync(b => b with { AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = across } });
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        Hot.Kill();

        using var response = await client.Http.SendAsync(new HttpRequestMessage(new HttpMethod(method), "/"));

        var got = response.IsSuccessStatusCode ? response.Headers.GetValues("X-Origin").Single() : $"{(int)response.StatusCode}";
        Assert.Equal(expected, got);
        if (!response.IsSuccessStatusCode)
            Assert.Equal("error 502: the origin refused the connection (521)\n", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_EveryOriginLost_FailsAndIsCountedOnce()
    {
        await using var balancer = await StartAsync(b => b with { AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = true } });
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        Hot.Kill();
        Standby.Kill();

        Assert.Equal(HttpStatusCode.BadGateway, (await client.Http.GetAsync("/")).StatusCode);

        var proxy = (await balancer.TandemAsync(HttpMethod.Get, "status")).GetProperty("proxy");
        Assert.Equal((1, 1, 1), (proxy.GetProperty("requests").GetInt32(), proxy.GetProperty("retries").GetInt32(), proxy.GetProperty("failures").GetInt32()));
    }

    [Fact]
    public async Task Request_EveryPoolDownByItsChecks_IsServedByTheFallback()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(Folder) with
        {
            Proxy = new ProxyOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] },
        });
        await balancer.ConfigureAsync(Monitor with { ExpectedCodes = "204" }, b => b with { Proxied = true }, Hot.EndPoint, Standby.EndPoint);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);

        Assert.Equal("standby", await client.NameAsync());
        Assert.Equal("standby", await client.NameAsync(HttpMethod.Post));
    }

    [Fact]
    public async Task Request_NoPoolMayServe_IsAnsweredAsCloudflareDoes()
    {
        await using var balancer = await StartAsync(b => b);
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        foreach (var pool in await balancer.Client.Pools(RunningBalancer.Account).ListAsync())
            await balancer.Client.Pools(RunningBalancer.Account).PatchAsync(pool.Id!, new CloudflarePool { Enabled = false });

        using var response = await client.Http.GetAsync("/");

        Assert.Equal(530, (int)response.StatusCode);
        Assert.Contains("1016", await response.Content.ReadAsStringAsync());
    }
}
