using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>What the proxy does with requests, with real origins and real sockets.</summary>
public sealed class ProxyTests : IAsyncLifetime
{
    private static readonly CloudflareMonitor Monitor = new() { Type = "http", Interval = 60, Timeout = 1, Retries = 0, ExpectedCodes = "200" };

    private readonly TemporaryFolder _folder = new();
    private OriginProcess _hot = null!;
    private OriginProcess _standby = null!;

    public async Task InitializeAsync()
    {
        _hot = await OriginProcess.StartAsync("hot", IPAddress.Parse("127.0.0.2"));
        _standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));
    }

    public Task DisposeAsync()
    {
        _hot.Dispose();
        _standby.Dispose();
        _folder.Dispose();
        return Task.CompletedTask;
    }

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
        _hot.Kill();

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
        _hot.Kill();
        _standby.Kill();

        Assert.Equal(HttpStatusCode.BadGateway, (await client.Http.GetAsync("/")).StatusCode);

        var proxy = (await balancer.TandemAsync(HttpMethod.Get, "status")).GetProperty("proxy");
        Assert.Equal((1, 1, 1), (proxy.GetProperty("requests").GetInt32(), proxy.GetProperty("retries").GetInt32(), proxy.GetProperty("failures").GetInt32()));
    }

    [Fact]
    public async Task Request_EveryPoolDownByItsChecks_IsServedByTheFallback()
    {
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            Proxy = new ProxyOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] },
        });
        await balancer.ConfigureAsync(Monitor with { ExpectedCodes = "204" }, b => b with { Proxied = true }, _hot.EndPoint, _standby.EndPoint);
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

    [Fact]
    public async Task Cookie_PinsTheClient_UntilItIsForgedOrItsOriginDrained()
    {
        await using var balancer = await StartAsync(b => b with
        {
            SessionAffinity = "cookie",
            SessionAffinityAttributes = new CloudflareSessionAffinityAttributes { Samesite = "Strict", DrainDuration = 3600 },
        });
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        using var first = await client.Http.GetAsync("/");
        var header = first.Headers.GetValues("Set-Cookie").Single();
        Assert.Matches("^__cflb=[A-Za-z0-9_-]+; max-age=82800; path=/; samesite=strict; httponly$", header);
        var cookie = header.Split(';')[0];

        // The pool leaves the order: new clients go to the standby, this one stays.
        var entry = (await balancer.Client.LoadBalancers(RunningBalancer.Zone).ListAsync()).Single();
        await balancer.Client.LoadBalancers(RunningBalancer.Zone).PatchAsync(
            entry.Id!, new CloudflareLoadBalancer { DefaultPools = [entry.DefaultPools![1]] });

        Assert.Equal("standby", await NameAsync(null));
        Assert.Equal("hot", await NameAsync(cookie));
        Assert.Equal("standby", await NameAsync(cookie[..^1] + (cookie[^1] == 'A' ? 'B' : 'A')));
        Assert.Equal("standby", await NameAsync("__cflb=x"));
        await balancer.Client.LoadBalancers(RunningBalancer.Zone).PatchAsync(
            entry.Id!, new CloudflareLoadBalancer { SessionAffinityAttributes = new CloudflareSessionAffinityAttributes { DrainDuration = 0 } });
        Assert.Equal("standby", await NameAsync(cookie));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("state/affinity.key")));

        async Task<string> NameAsync(string? with)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            if (with is not null)
                request.Headers.Add("Cookie", with);
            using var response = await client.Http.SendAsync(request);
            return response.Headers.GetValues("X-Origin").Single();
        }
    }

    [Theory]
    [InlineData("none", 502, false)]
    [InlineData("temporary", 200, false)]
    [InlineData("sticky", 200, true)]
    public async Task Cookie_OriginFails_ClientLeavesAsConfigured(string mode, int status, bool moves)
    {
        await using var balancer = await StartAsync(b => b with
        {
            SessionAffinity = "cookie",
            SessionAffinityAttributes = new CloudflareSessionAffinityAttributes { ZeroDowntimeFailover = mode },
            AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = true },
        });
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);
        using var first = await client.Http.GetAsync("/");
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        request.Headers.Add("Cookie", first.Headers.GetValues("Set-Cookie").Single().Split(';')[0]);
        _hot.Kill();

        using var response = await client.Http.SendAsync(request);

        Assert.Equal((status, moves), ((int)response.StatusCode, response.Headers.Contains("Set-Cookie")));
    }

    [Fact]
    public async Task Https_CertificateReplaced_IsShownAndHttp2Spoken()
    {
        TestCertificate.Write(_folder, "tls", "first");
        await using var balancer = await StartAsync(b => b, new ProxyOptions
        {
            Https = [new IPEndPoint(IPAddress.Loopback, 0)],
            Certificates = [new CertificateFiles(_folder.File("tls.crt"), _folder.File("tls.key"))],
        });
        Assert.Equal("CN=first", await SubjectAsync());

        TestCertificate.Write(_folder, "tls", "second");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (await SubjectAsync() != "CN=second")
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);

        async Task<string> SubjectAsync()
        {
            var subject = "";
            using var client = new ProxyClient(balancer.Addresses.ProxyHttps[0], () => new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate!.Subject).Length > 0,
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.Http.SendAsync(request);
            var headers = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("headers");
            Assert.Equal("https", headers.GetProperty("x-forwarded-proto").GetString());
            return subject;
        }
    }

    [Theory]
    [InlineData(true, RunningBalancer.Host, 200)]
    [InlineData(false, RunningBalancer.Host, 526)]
    [InlineData(true, "other.yourcompany.com", 526)]
    public async Task Request_OriginSpeaksTls_IsVerifiedByTheHostname(bool trusted, string name, int status)
    {
        TestCertificate.Write(_folder, "origin", name);
        TestCertificate.Write(_folder, "stranger", name);
        using var origin = await OriginProcess.StartTlsAsync("tls", IPAddress.Parse("127.0.0.2"), _folder.File("origin.crt"), _folder.File("origin.key"));
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            Proxy = new ProxyOptions
            {
                Http = [new IPEndPoint(IPAddress.Loopback, 0)],
                TrustedCertificates = _folder.File(trusted ? "origin.crt" : "stranger.crt"),
            },
        });
        await balancer.ConfigureAsync(
            Monitor with { Type = "https", AllowInsecure = true }, b => b with { Proxied = true }, origin.EndPoint, _standby.EndPoint);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);

        using var response = await client.Http.GetAsync("/");

        Assert.Equal(status, (int)response.StatusCode);
    }

    [Theory]
    [InlineData("""{"session_affinity":"cookie","proxied":false}""", "/session_affinity")]
    [InlineData("""{"session_affinity":"ip_cookie"}""", "/session_affinity")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_ttl":1799}""", "/session_affinity_ttl")]
    [InlineData("""{"session_affinity_ttl":1800}""", "/session_affinity_ttl")]
    [InlineData("""{"proxied":false,"adaptive_routing":{"failover_across_pools":true}}""", "/adaptive_routing/failover_across_pools")]
    [InlineData("""{"adaptive_routing":{"nobody":true}}""", "/adaptive_routing/nobody")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"samesite":"None","secure":"Never"}}""", "/session_affinity_attributes/secure")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"zero_downtime_failover":"x"}}""", "/session_affinity_attributes/zero_downtime_failover")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"drain_duration":-1}}""", "/session_affinity_attributes/drain_duration")]
    [InlineData("""{"session_affinity_attributes":{"drain_duration":1}}""", "/session_affinity_attributes/drain_duration")]
    [InlineData("""{"session_affinity":"cookie","session_affinity_attributes":{"headers":["x"]}}""", "/session_affinity_attributes/headers")]
    public async Task Patch_WhatTheProxyDoesNotHonour_IsRefused(string json, string pointer)
    {
        await using var balancer = await StartAsync(b => b);
        var balancers = balancer.Client.LoadBalancers(RunningBalancer.Zone);
        var entry = (await balancers.ListAsync()).Single();

        var error = await Assert.ThrowsAsync<CloudflareException>(() => balancers.PatchAsync(
            entry.Id!, JsonSerializer.Deserialize(json, CloudflareJson.Default.CloudflareLoadBalancer)!));

        Assert.Equal(pointer, error.Errors.Single().Source!.Pointer);
    }

    private async Task<RunningBalancer> StartAsync(Func<CloudflareLoadBalancer, CloudflareLoadBalancer> with, ProxyOptions? options = null)
    {
        var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder) with
        {
            Proxy = options ?? new ProxyOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] },
        });
        await balancer.ConfigureAsync(Monitor, b => with(b with { Proxied = true }), _hot.EndPoint, _standby.EndPoint);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        return balancer;
    }
}
