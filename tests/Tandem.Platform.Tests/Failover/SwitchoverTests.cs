using Tandem.Platform.Failover;

namespace Tandem.Platform.Tests.Failover;

/// <summary>An operator's word against a real load balancer.</summary>
public sealed class SwitchoverTests
{
    [Fact]
    public async Task RunAsync_ToAHealthyStandby_HoldsItUntilResumed_WhateverUpDoesInBetween()
    {
        await using var service = await Service.StartAsync("automatic");

        Assert.Equal(SwitchoverOutcome.Moved, await Switchover.RunAsync(service.Order, Word("standby"), CancellationToken.None));
        Assert.Equal(("standby hot", "standby"), (await service.PreferredAsync(), (await service.HealthAsync()).Serving));
        Assert.Equal(SwitchoverOutcome.NothingToDo, await Switchover.RunAsync(service.Order, Word("standby"), CancellationToken.None));
        Assert.False(await service.SetUpAsync());
        var kept = (await service.Order.ReadAsync(CancellationToken.None))!.Preference;
        Assert.Equal(("standby", "me@here", "maintenance"), (kept!.Cluster, kept.By, kept.Reason));

        Assert.Equal("standby", (await Switchover.ResumeAsync(service.Order, service.Spec.LoadBalancer.Failback, CancellationToken.None))!.Cluster);
        Assert.Equal("hot standby", await service.PreferredAsync());
        Assert.Null(await Switchover.ResumeAsync(service.Order, service.Spec.LoadBalancer.Failback, CancellationToken.None));
    }

    [Fact]
    public async Task RunAsync_ToAClusterThatIsDown_IsRefused_AndWhileHeldTheLoadBalancerStillFailsOver()
    {
        await using var service = await Service.StartAsync("automatic");
        service.Standby.Stop();
        await service.UntilAsync("standby", healthy: false);

        Assert.Equal(SwitchoverOutcome.NotHealthy, await Switchover.RunAsync(service.Order, Word("standby"), CancellationToken.None));
        Assert.Equal("hot standby", await service.PreferredAsync());

        service.Standby.Restart();
        await service.UntilAsync("standby", healthy: true);
        Assert.Equal(SwitchoverOutcome.Held, await Switchover.RunAsync(service.Order, Word("hot"), CancellationToken.None));
        service.Hot.Stop();
        await service.UntilAsync("hot", healthy: false);
        Assert.Equal("standby", (await service.HealthAsync()).Serving);
    }

    [Fact]
    public async Task Failback_AfterASwitchover_EndsTheHold()
    {
        await using var service = await Service.StartAsync("manual");
        await Switchover.RunAsync(service.Order, Word("standby"), CancellationToken.None);

        Assert.Equal(FailbackOutcome.Done, await ManualFailback.RunAsync(service.Order, CancellationToken.None));

        Assert.Equal("hot standby", await service.PreferredAsync());
        Assert.Null((await service.Order.ReadAsync(CancellationToken.None))!.Preference);
    }

    private static Preference Word(string cluster) => new(cluster, "me@here", DateTimeOffset.UnixEpoch, "maintenance");
}
