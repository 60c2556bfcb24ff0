namespace Tandem.Platform.Tests.Failover;

public sealed class ProxiedSetupTests
{
    [Fact]
    public async Task EnsureAsync_ProxiedAndBack_ChangesOnceEach()
    {
        await using var service = await Service.StartAsync("automatic");
        var proxied = Sample.Spec("    healthCheck: { interval: 1s, timeout: 1s }\n    proxied: true\n    sessionAffinity: cookie\n");

        Assert.True(await service.SetUpAsync(proxied));
        Assert.False(await service.SetUpAsync(proxied));
        var live = (await service.Client.LoadBalancers(Service.Zone).ListAsync()).Single();
        Assert.Equal(
            (true, "cookie", "temporary", true),
            (live.Proxied, live.SessionAffinity, live.SessionAffinityAttributes!.ZeroDowntimeFailover, live.AdaptiveRouting!.FailoverAcrossPools));
        Assert.True((await service.HealthAsync()).Proxied);

        Assert.True(await service.SetUpAsync());
        Assert.False(await service.SetUpAsync());
        Assert.False((await service.HealthAsync()).Proxied);
    }
}
