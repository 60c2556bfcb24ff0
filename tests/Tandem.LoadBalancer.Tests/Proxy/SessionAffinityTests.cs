using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Tests.Proxy;

public sealed class SessionAffinityTests : ProxyFixture
{
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
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Folder.File("state/affinity.key")));

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
        Hot.Kill();

        using var response = await client.Http.SendAsync(request);

        Assert.Equal((status, moves), ((int)response.StatusCode, response.Headers.Contains("Set-Cookie")));
    }
}
