using System.Net;
using System.Text.Json;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Tests.Api;

/// <summary>The live API, mostly through its client.</summary>
public sealed class ApiTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private RunningBalancer _balancer = null!;

    private CloudflareCollection<CloudflareMonitor> Monitors => _balancer.Client.Monitors(RunningBalancer.Account);

    private CloudflareCollection<CloudflarePool> Pools => _balancer.Client.Pools(RunningBalancer.Account);

    private CloudflareCollection<CloudflareLoadBalancer> LoadBalancers => _balancer.Client.LoadBalancers(RunningBalancer.Zone);

    public async Task InitializeAsync() => _balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(_folder));

    public async Task DisposeAsync()
    {
        await _balancer.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Create_OnlyWhatIsRequired_FillsInCloudflaresDefaults()
    {
        var monitor = await Monitors.CreateAsync(new CloudflareMonitor());
        Assert.Matches("^[0-9a-f]{32}$", monitor.Id);
        Assert.Equal(
            ("http", "GET", "/", 60, 5, 2, 0, 0, 0, false, false, "", ""),
            (monitor.Type, monitor.Method, monitor.Path, monitor.Interval, monitor.Timeout, monitor.Retries, monitor.ConsecutiveUp,
                monitor.ConsecutiveDown, monitor.Port, monitor.AllowInsecure, monitor.FollowRedirects, monitor.ExpectedCodes, monitor.ExpectedBody));
        Assert.Equal("connection_established", (await Monitors.CreateAsync(new CloudflareMonitor { Type = "tcp", Port = 80 })).Method);

        var pool = await Pools.CreateAsync(Pool("hot", "b", "a"));
        Assert.Equal((true, 1), (pool.Enabled, pool.MinimumOrigins));
        Assert.Equal(["a", "b"], pool.Origins!.Select(o => o.Name));
        Assert.Equal((true, 1.0), (pool.Origins![0].Enabled, pool.Origins[0].Weight));

        var balancer = await LoadBalancers.CreateAsync(Balancer(pool.Id!));
        Assert.Equal(
            (true, false, 30, "off", "none", "yourcompany.com"),
            (balancer.Enabled, balancer.Proxied, balancer.Ttl, balancer.SteeringPolicy, balancer.SessionAffinity, balancer.ZoneName));
    }

    [Fact]
    public async Task PutAndPatch_OfAMonitor_ReplaceAndMerge()
    {
        var created = await Monitors.CreateAsync(new CloudflareMonitor { Interval = 10, Path = "/health", Description = "x" });

        var patched = await Monitors.PatchAsync(created.Id!, new CloudflareMonitor { Timeout = 3 });
        Assert.Equal((10, 3, "/health", "x"), (patched.Interval, patched.Timeout, patched.Path, patched.Description));

        var replaced = await Monitors.ReplaceAsync(created.Id!, new CloudflareMonitor { Timeout = 4 });
        Assert.Equal((60, 4, "/", ""), (replaced.Interval, replaced.Timeout, replaced.Path, replaced.Description));
        Assert.Equal((created.Id, created.CreatedOn), (replaced.Id, replaced.CreatedOn));
        Assert.Equal(JsonSerializer.Serialize(replaced), JsonSerializer.Serialize(await Monitors.GetAsync(created.Id!)));
    }

    [Fact]
    public async Task GetThenPut_Unchanged_IsAccepted()
    {
        var pool = await Pools.CreateAsync(Pool("hot", "a"));
        var balancer = await LoadBalancers.CreateAsync(Balancer(pool.Id!));

        Assert.Equal("hot", (await Pools.ReplaceAsync(pool.Id!, await Pools.GetAsync(pool.Id!))).Name);
        Assert.Equal(balancer.Name, (await LoadBalancers.ReplaceAsync(balancer.Id!, await LoadBalancers.GetAsync(balancer.Id!))).Name);
    }

    [Fact]
    public async Task Patch_OrderOfDefaultPools_MovesTrafficAtOnce()
    {
        var a = await Pools.CreateAsync(Pool("a", "x") with { Origins = [Origin("x", "192.0.2.1")] });
        var b = await Pools.CreateAsync(Pool("b", "x") with { Origins = [Origin("x", "192.0.2.2")] });
        var balancer = await LoadBalancers.CreateAsync(Balancer(a.Id!) with { DefaultPools = [a.Id!, b.Id!] });
        Assert.Equal(["192.0.2.1"], await _balancer.ResolveAsync());

        await LoadBalancers.PatchAsync(balancer.Id!, new CloudflareLoadBalancer { DefaultPools = [b.Id!, a.Id!] });
        Assert.Equal(["192.0.2.2"], await _balancer.ResolveAsync());
    }

    [Fact]
    public async Task Create_SeveralMistakes_AreAllReportedWithPointers()
    {
        var error = await Assert.ThrowsAsync<CloudflareException>(() => Monitors.CreateAsync(new CloudflareMonitor
        {
            Interval = 0,
            Type = "icmp_ping",
            Path = "health",
            ExpectedCodes = "2x",
            Retries = 9,
        }));

        Assert.Equal((HttpStatusCode.BadRequest, 1002), (error.Status, error.Code));
        Assert.Equal(["/expected_codes", "/interval", "/path", "/retries", "/type"], error.Errors.Select(e => e.Source!.Pointer).Order());
        Assert.Contains(error.Errors, e => e.Message == "interval is not in range [1, 3600]: validation failed");
    }

    [Theory]
    [InlineData("steering_policy", "\"random\"")]
    [InlineData("session_affinity", "\"cookie\"")]
    [InlineData("proxied", "true")]
    [InlineData("region_pools", "{\"WEU\":[\"x\"]}")]
    [InlineData("rules", "[{}]")]
    [InlineData("session_affinity_ttl", "1800")]
    [InlineData("no_such_field", "1")]
    [InlineData("ttl", "\"soon\"")]
    [InlineData("default_pools", "[]")]
    [InlineData("fallback_pool", "\"nope\"")]
    [InlineData("name", "\"api.example.com\"")]
    public async Task Patch_LoadBalancer_WhatIsNotServedIsRefused(string field, string value)
    {
        var pool = await Pools.CreateAsync(Pool("hot", "a"));
        var balancer = await LoadBalancers.CreateAsync(Balancer(pool.Id!));

        var (status, body) = await _balancer.SendAsync(
            HttpMethod.Patch, $"zones/{RunningBalancer.Zone}/load_balancers/{balancer.Id}", $$"""{"{{field}}":{{value}}}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        var error = body.GetProperty("errors")[0];
        Assert.Equal(1002, error.GetProperty("code").GetInt32());
        Assert.Equal("/" + field, error.GetProperty("source").GetProperty("pointer").GetString());
        Assert.Equal(30, (await LoadBalancers.GetAsync(balancer.Id!)).Ttl);
    }

    [Theory]
    [InlineData("origin.example.com")]
    [InlineData("192.0.2.1:80")]
    [InlineData("010.0.0.1")]
    [InlineData("")]
    public async Task Create_OriginThatIsNoAddress_IsRefused(string address)
    {
        var error = await Assert.ThrowsAsync<CloudflareException>(
            () => Pools.CreateAsync(Pool("hot", "a") with { Origins = [Origin("a", address)] }));

        Assert.Equal("/origins/0/address", error.Errors.Single().Source!.Pointer);
    }

    [Fact]
    public async Task Create_NameTaken_IsNotUnique()
    {
        await Pools.CreateAsync(Pool("hot", "a"));

        Assert.Equal(1003, (await Assert.ThrowsAsync<CloudflareException>(() => Pools.CreateAsync(Pool("hot", "a")))).Code);
    }

    [Fact]
    public async Task Delete_InOrder_IsProtectedByReferences()
    {
        var monitor = await Monitors.CreateAsync(new CloudflareMonitor());
        var pool = await Pools.CreateAsync(Pool("hot", "a") with { Monitor = monitor.Id });
        var balancer = await LoadBalancers.CreateAsync(Balancer(pool.Id!));

        foreach (var delete in new[] { () => Monitors.DeleteAsync(monitor.Id!), () => Pools.DeleteAsync(pool.Id!) })
        {
            var error = await Assert.ThrowsAsync<CloudflareException>(delete);
            Assert.Equal((HttpStatusCode.PreconditionFailed, 1005), (error.Status, error.Code));
        }

        Assert.Equal(balancer.Id, (await _balancer.Client.PoolReferencesAsync(RunningBalancer.Account, pool.Id!)).Single().ResourceId);
        await LoadBalancers.DeleteAsync(balancer.Id!);
        await Pools.DeleteAsync(pool.Id!);
        await Monitors.DeleteAsync(monitor.Id!);
        Assert.Empty(await Monitors.ListAsync());
        Assert.Equal(HttpStatusCode.NotFound, (await Assert.ThrowsAsync<CloudflareException>(() => Pools.GetAsync(pool.Id!))).Status);
    }

    [Fact]
    public async Task List_MoreThanAPage_IsReadWholeByTheClient()
    {
        for (var i = 0; i < 53; i++)
            await Monitors.CreateAsync(new CloudflareMonitor { Description = $"{i}" });

        Assert.Equal(53, (await Monitors.ListAsync()).Select(m => m.Id).Distinct().Count());
    }

    [Fact]
    public async Task Token_WrongOrMissing_IsRefusedEverywhere()
    {
        var wrong = await Assert.ThrowsAsync<CloudflareException>(() => _balancer.ClientWith("guess").VerifyTokenAsync());
        Assert.Equal((HttpStatusCode.Forbidden, 10000), (wrong.Status, wrong.Code));
        Assert.Equal(HttpStatusCode.BadRequest, (await _balancer.Http.GetAsync(new Uri(_balancer.Addresses.Api, "/tandem/v1/status"))).StatusCode);
        Assert.Equal("active", (await _balancer.Client.VerifyTokenAsync()).Status);
    }

    [Fact]
    public async Task Zones_ByName_FindTheOneThereIs()
    {
        var zone = Assert.Single(await _balancer.Client.ZonesAsync("yourcompany.com"));
        Assert.Equal((RunningBalancer.Zone, RunningBalancer.Account), (zone.Id, zone.Account!.Id));
        Assert.Empty(await _balancer.Client.ZonesAsync("example.com"));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"interval\":10,\"interval\":20}")]
    [InlineData("")]
    public async Task Post_NotAnObject_IsBadRequestInTheEnvelope(string body)
    {
        var (status, answer) = await _balancer.SendAsync(HttpMethod.Post, $"accounts/{RunningBalancer.Account}/load_balancers/monitors", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.False(answer.GetProperty("success").GetBoolean());
    }

    [Theory]
    [InlineData("accounts/x/load_balancers/pools", 404, 7003)]
    [InlineData("accounts/00000000000000000000000000000000/load_balancers/pools", 403, 10000)]
    [InlineData("zones/0123456789abcdef0123456789abcdef", 403, 10000)]
    [InlineData("zones/fedcba9876543210fedcba9876543210/dns_records", 404, 7000)]
    [InlineData("no/such.thing", 404, 7000)]
    public async Task Get_PathThatIsNotServed_IsRefusedInTheEnvelope(string path, int expected, int code)
    {
        var (status, answer) = await _balancer.SendAsync(HttpMethod.Get, path, null);

        Assert.Equal((expected, code), ((int)status, answer.GetProperty("errors")[0].GetProperty("code").GetInt32()));
    }

    [Fact]
    public async Task Changes_OnceAnswered_AreOnDisk()
    {
        var pool = await Pools.CreateAsync(Pool("hot", "a"));

        // As after kill -9: a second process reads what the first, still running, has written.
        var stored = Tandem.LoadBalancer.State.ConfigurationStore.Open(_folder.File("state/config.json"));
        Assert.Equal("hot", stored.Current.Pools[pool.Id!].Name);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder.File("state/config.json")));
    }

    private static CloudflareOrigin Origin(string name, string address) => new() { Name = name, Address = address };

    private static CloudflarePool Pool(string name, params string[] origins) => new()
    {
        Name = name,
        Origins = [.. origins.Select(o => Origin(o, "192.0.2.1"))],
    };

    private static CloudflareLoadBalancer Balancer(string pool) => new() { Name = RunningBalancer.Host, DefaultPools = [pool], FallbackPool = pool };
}
