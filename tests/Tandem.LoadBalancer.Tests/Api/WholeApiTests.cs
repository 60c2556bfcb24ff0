using System.Net;
using System.Text.Json;

namespace Tandem.LoadBalancer.Tests.Api;

/// <summary>What tools beyond Tandem's own client ask for.</summary>
public sealed class WholeApiTests : IAsyncLifetime
{
    private const string Account = $"accounts/{RunningBalancer.Account}/load_balancers";

    private readonly TemporaryFolder _folder = new();
    private readonly TinyServer _server = new TinyServer(IPAddress.Parse("127.0.0.5")).Start();
    private RunningBalancer _balancer = null!;

    public async Task InitializeAsync() => _balancer = await RunningBalancer.StartAsync(
        RunningBalancer.Options(_folder) with { Quotas = new LoadBalancerQuotas { LoadBalancers = 1, Pools = 2, OriginsPerPool = 2 } });

    public async Task DisposeAsync()
    {
        await _balancer.DisposeAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Group_AMemberThatMustBeHealthyFails_TakesTheOriginDown()
    {
        var passing = await CreateAsync("monitors", """{"interval":1,"timeout":1,"retries":0,"expected_codes":"200"}""");
        var failing = await CreateAsync("monitors", """{"interval":1,"timeout":1,"retries":0,"expected_codes":"201"}""");
        var group = await CreateAsync("monitor_groups", $$"""{"description":"both","members":[{"monitor_id":"{{passing}}"},{"monitor_id":"{{failing}}","monitoring_only":true}]}""");
        var pool = await CreateAsync("pools", $$"""{"name":"p","monitor_group":"{{group}}","origins":[{{Origin()}}]}""");
        await UntilAsync(pool, healthy: true);

        await _balancer.SendAsync(HttpMethod.Patch, $"{Account}/monitor_groups/{group}", $$"""{"members":[{"monitor_id":"{{passing}}"},{"monitor_id":"{{failing}}","must_be_healthy":true}]}""");
        await UntilAsync(pool, healthy: false);
        var health = (await _balancer.SendAsync(HttpMethod.Get, $"{Account}/pools/{pool}/health", null)).Body.GetProperty("result");
        Assert.Equal("Response code mismatch", Single(health.GetProperty("pop_health")).GetProperty("origins")[0].GetProperty("127.0.0.5").GetProperty("failure_reason").GetString());

        foreach (var path in new[] { $"monitors/{passing}", $"monitor_groups/{group}" })
            Assert.Equal((412, 1005), await ErrorAsync(HttpMethod.Delete, $"{Account}/{path}", null));
    }

    [Theory]
    [InlineData("""{"description":"x","members":[]}""", "/members")]
    [InlineData("""{"description":"x","members":[{"monitor_id":"no"}]}""", "/members/0/monitor_id")]
    [InlineData("""{"description":"x","members":[{"monitor_id":"no","monitoring_only":true}]}""", "/members")]
    [InlineData("""{"description":"x","members":[null]}""", "/members/0/monitor_id")]
    public async Task Group_ThatCannotDecide_IsRefused(string body, string pointer)
    {
        var (status, answer) = await _balancer.SendAsync(HttpMethod.Post, $"{Account}/monitor_groups", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(answer.GetProperty("errors").EnumerateArray(), e => e.GetProperty("source").GetProperty("pointer").GetString() == pointer);
    }

    [Theory]
    [InlineData("origin_steering", """{"policy":"random"}""", null)]
    [InlineData("origin_steering", """{"policy":"hash"}""", "/origin_steering/policy")]
    [InlineData("load_shedding", """{"default_percent":0}""", null)]
    [InlineData("load_shedding", """{"default_percent":50,"default_policy":"random"}""", "/load_shedding/default_percent")]
    [InlineData("notification_filter", """{"pool":{"healthy":false}}""", "/notification_filter")]
    [InlineData("notification_email", "\"me@example.com\"", "/notification_email")]
    [InlineData("check_regions", "null", null)]
    [InlineData("check_regions", """["WEU"]""", "/check_regions")]
    [InlineData("latitude", "50", "/longitude")]
    [InlineData("monitor_group", "\"no\"", "/monitor_group")]
    [InlineData("origins", """[{"name":"a","address":"192.0.2.1","flatten_cname":false}]""", "/origins/0/flatten_cname")]
    [InlineData("origins", """[{"name":"a","address":"192.0.2.1","weight":0.5},{"name":"b","address":"192.0.2.2"}]""", "/origins")]
    [InlineData("origins", """[{"name":"a","address":"192.0.2.1","weight":0},{"name":"b","address":"192.0.2.2"}]""", null)]
    [InlineData("origins", """[{"name":"a","address":"192.0.2.1"},{"name":"b","address":"192.0.2.2"},{"name":"c","address":"192.0.2.3"}]""", "/origins")]
    public async Task PatchPool_FieldOfCloudflares_IsHonouredOrRefused(string field, string value, string? pointer)
    {
        var pool = await CreateAsync("pools", $$"""{"name":"p","origins":[{{Origin()}}]}""");

        var (status, answer) = await _balancer.SendAsync(HttpMethod.Patch, $"{Account}/pools/{pool}", $$"""{"{{field}}":{{value}}}""");

        Assert.Equal(pointer is null ? HttpStatusCode.OK : HttpStatusCode.BadRequest, status);
        if (pointer is not null)
        {
            var error = answer.GetProperty("errors")[0];
            Assert.Equal((1002, pointer), (error.GetProperty("code").GetInt32(), error.GetProperty("source").GetProperty("pointer").GetString()));
        }
    }

    [Fact]
    public async Task Create_BeyondAQuota_IsRefused()
    {
        for (var i = 0; i < 2; i++)
            await CreateAsync("pools", $$"""{"name":"p{{i}}","origins":[{{Origin()}}]}""");

        var (status, answer) = await _balancer.SendAsync(HttpMethod.Post, $"{Account}/pools", $$"""{"name":"p2","origins":[{{Origin()}}]}""");

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal("the quota of 2 pools is used up: validation failed", answer.GetProperty("errors")[0].GetProperty("message").GetString());
    }

    [Theory]
    [InlineData("localhost", true, "127.0.0.1")]
    [InlineData("no-such-host.invalid", false, null)]
    public async Task Origin_HostName_IsResolvedByItsChecks(string name, bool healthy, string? address)
    {
        using var server = new TinyServer(IPAddress.Loopback).Start();
        var monitor = await CreateAsync("monitors", """{"interval":1,"timeout":1,"retries":0}""");
        var pool = await CreateAsync("pools", $$"""{"name":"p","monitor":"{{monitor}}","origins":[{"name":"a","address":"{{name}}","port":{{server.EndPoint.Port}}}]}""");
        await _balancer.SendAsync(HttpMethod.Post, $"zones/{RunningBalancer.Zone}/load_balancers", $$"""{"name":"{{RunningBalancer.Host}}","default_pools":["{{pool}}"],"fallback_pool":"{{pool}}"}""");

        Assert.Equal(address is null ? [] : [address], await _balancer.ResolveAsync());
        var health = Single((await _balancer.SendAsync(HttpMethod.Get, $"{Account}/pools/{pool}/health", null)).Body.GetProperty("result").GetProperty("pop_health"));
        var origin = health.GetProperty("origins")[0].GetProperty(name);
        Assert.Equal((healthy, healthy ? "No failures" : "DNS Unknown Host"), (origin.GetProperty("healthy").GetBoolean(), origin.GetProperty("failure_reason").GetString()));
        if (healthy)
            Assert.Contains($"\r\nHost: {name}", server.Requests[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("admin@example.com", "secret", 200, 0)]
    [InlineData("admin@example.com", "guess", 403, 9103)]
    [InlineData("", "secret", 400, 9106)]
    public async Task Key_WithAnAddress_IsAsGoodAsTheToken(string email, string key, int expected, int code)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_balancer.Addresses.Api, "zones"));
        request.Headers.Add("X-Auth-Email", email);
        request.Headers.Add("X-Auth-Key", key);
        using var response = await _balancer.Http.SendAsync(request);
        var errors = JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement.GetProperty("errors").EnumerateArray();

        Assert.Equal((expected, code), ((int)response.StatusCode, errors.Select(e => e.GetProperty("code").GetInt32()).FirstOrDefault()));
    }

    private static JsonElement Single(JsonElement map) => map.EnumerateObject().Single().Value;

    private string Origin() => $$"""{"name":"a","address":"127.0.0.5","port":{{_server.EndPoint.Port}}}""";

    private async Task UntilAsync(string pool, bool healthy)
    {
        var start = TimeProvider.System.GetTimestamp();
        while ((await _balancer.SendAsync(HttpMethod.Get, $"{Account}/pools/{pool}", null)).Body.GetProperty("result").GetProperty("healthy").GetBoolean() != healthy)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(10), $"the pool does not become {(healthy ? "healthy" : "unhealthy")}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private async Task<string> CreateAsync(string kind, string body)
    {
        var (status, answer) = await _balancer.SendAsync(HttpMethod.Post, $"{Account}/{kind}", body);
        Assert.True(status == HttpStatusCode.OK, answer.ToString());
        return answer.GetProperty("result").GetProperty("id").GetString()!;
    }

    private async Task<(int Status, int Code)> ErrorAsync(HttpMethod method, string path, string? body)
    {
        var (status, answer) = await _balancer.SendAsync(method, path, body);
        return ((int)status, answer.GetProperty("errors")[0].GetProperty("code").GetInt32());
    }
}
