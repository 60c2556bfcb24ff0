using Microsoft.Extensions.Time.Testing;
using Tandem.Cloudflare;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Failover;

/// <summary>The loop, the operator's word and <c>tandem up</c> against a real load balancer; only the loop's clock is virtual.</summary>
public sealed class FailbackTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly List<string> _said = [];

    private StandbyAdmission Admission { get; set; }

    [Fact]
    public async Task Manual_HotDiesAndReturns_StandbyStaysUntilTold()
    {
        await using var service = await Service.StartAsync("manual");
        var loop = Loop(service);
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("hot standby", await service.PreferredAsync());

        service.Hot.Stop();
        await service.UntilAsync("hot", healthy: false);
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("hot standby", await service.PreferredAsync());
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("standby hot", await service.PreferredAsync());
        Assert.Equal(FailbackOutcome.HotNotHealthy, await ManualFailback.RunAsync(service.Order, CancellationToken.None));
        Assert.Equal("standby hot", await service.PreferredAsync());

        service.Hot.Restart();
        await service.UntilAsync("hot", healthy: true);
        _time.Advance(TimeSpan.FromDays(1));
        await loop.StepAsync(CancellationToken.None);
        await Loop(service).StepAsync(CancellationToken.None); // another agent, which knows nothing of the first
        Assert.Equal("standby", (await service.HealthAsync()).Serving);
        Assert.False(await service.SetUpAsync()); // up, run again, changes nothing
        Assert.Equal("standby hot", await service.PreferredAsync());

        Assert.Equal(FailbackOutcome.Done, await ManualFailback.RunAsync(service.Order, CancellationToken.None));
        Assert.Equal(FailbackOutcome.NothingToDo, await ManualFailback.RunAsync(service.Order, CancellationToken.None));
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal(("hot standby", "hot"), (await service.PreferredAsync(), (await service.HealthAsync()).Serving));
        Assert.Single(_said);
    }

    [Fact]
    public async Task After_HotReturns_IsPreferredWhenTheTimeIsOver()
    {
        await using var service = await Service.StartAsync("{ after: 10m }");
        var loop = Loop(service);
        service.Hot.Stop();
        await service.UntilAsync("hot", healthy: false);
        await loop.StepAsync(CancellationToken.None);
        await loop.StepAsync(CancellationToken.None);
        service.Hot.Restart();
        await service.UntilAsync("hot", healthy: true);

        await loop.StepAsync(CancellationToken.None);
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromSeconds(1));
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("standby hot", await service.PreferredAsync());

        var fallback = (await service.Client.LoadBalancers(Service.Zone).ListAsync()).Single().FallbackPool;
        _time.Advance(TimeSpan.FromSeconds(1));
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("hot standby", await service.PreferredAsync());
        Assert.Equal(fallback, (await service.Client.LoadBalancers(Service.Zone).ListAsync()).Single().FallbackPool);
    }

    [Fact]
    public async Task SetUp_HeldOrder_IsKeptWhenSomethingElseChanges_AndEndsWithAutomatic()
    {
        await using var service = await Service.StartAsync("manual");
        var state = (await service.Order.ReadAsync(CancellationToken.None))!;
        await service.Order.WriteAsync(state, [.. state.Order.Reverse()], CancellationToken.None);

        Assert.True(await service.SetUpAsync(service.Spec with { LoadBalancer = service.Spec.LoadBalancer with { Ttl = TimeSpan.FromSeconds(60) } }));
        Assert.Equal("standby hot", await service.PreferredAsync());
        Assert.Equal(60, (await service.Client.LoadBalancers(Service.Zone).ListAsync()).Single().Ttl);

        Assert.True(await service.SetUpAsync(service.Spec with { LoadBalancer = service.Spec.LoadBalancer with { Failback = new FailbackSpec(true, null) } }));
        Assert.Equal("hot standby", await service.PreferredAsync());
    }

    [Fact]
    public async Task SetUp_Again_ChangesNothingUnlessThePlatformFileDid()
    {
        await using var service = await Service.StartAsync("automatic");

        Assert.False(await service.SetUpAsync());
        var check = service.Spec.LoadBalancer.HealthCheck;
        Assert.True(await service.SetUpAsync(service.Spec with { LoadBalancer = service.Spec.LoadBalancer with { HealthCheck = check with { FailureThreshold = 5 } } }));

        var monitor = (await service.Client.Monitors(Service.Account).ListAsync()).Single();
        Assert.Equal((5, "/health", "tandem:demo"), (monitor.ConsecutiveDown, monitor.Path, monitor.Description));
        Assert.Equal(2, (await service.Client.Pools(Service.Account).ListAsync()).Count);
    }

    [Fact]
    public async Task ServiceHealth_HotDown_SaysWhoServesAndWhy()
    {
        await using var service = await Service.StartAsync("automatic");
        Assert.Equal("hot", (await service.HealthAsync()).Serving);

        service.Hot.Stop();
        await service.UntilAsync("hot", healthy: false);
        var health = await service.HealthAsync();

        Assert.Equal("standby", health.Serving);
        Assert.Equal(("127.0.0.2", "TCP connection failed"), (health.Clusters[0].Address, health.Clusters[0].Reason));
        Assert.Equal((true, null), (health.Clusters[1].Healthy, health.Clusters[1].Reason));
        service.Standby.Stop();
        await service.UntilAsync("standby", healthy: false);
        Assert.Equal("standby", (await service.HealthAsync()).Serving); // the fallback
    }

    [Fact]
    public async Task RunAsync_ApiOutOfReach_SaysSoAndGoesOn()
    {
        using var http = new HttpClient();
        var client = new CloudflareClient(http, new CloudflareClientOptions { BaseAddress = new Uri("http://127.0.0.1:1/"), ApiToken = "x", MaxAttempts = 1 });
        using var stop = new CancellationTokenSource();
        var twice = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var spec = Sample.Spec("    failback: manual\n");
        var loop = new FailbackLoop(new PoolOrder(client, Service.Account, Service.Zone, spec), spec.LoadBalancer.Failback, () => StandbyAdmission.Free, Say, _time);

        var running = loop.RunAsync(stop.Token);
        while (!twice.Task.IsCompleted)
        {
            _time.Advance(FailbackLoop.Interval);
            await Task.Yield();
        }

        await stop.CancelAsync();
        await running;
        Assert.StartsWith("the load balancer could not be asked or told; again in 2 s: ", _said[0], StringComparison.Ordinal);

        void Say(string text)
        {
            _said.Add(text);
            if (_said.Count == 2)
                twice.SetResult();
        }
    }

    [Fact]
    public async Task ManualFailback_NothingSetUp_SaysSo()
    {
        await using var service = await Service.StartAsync("manual");
        var other = Sample.Parse(Sample.Minimal.Replace("api.yourcompany.com", "www.yourcompany.com", StringComparison.Ordinal));

        Assert.Equal(FailbackOutcome.NotSetUp, await ManualFailback.RunAsync(new PoolOrder(service.Client, Service.Account, Service.Zone, other), CancellationToken.None));
    }

    [Fact]
    public async Task Enforce_StandbyIsNotReady_IsTheFallbackAloneAndServesWhenHotIsDown()
    {
        await using var service = await Service.StartAsync("automatic");
        var enforced = service.Spec with { EnforceReadiness = true };
        var loop = Loop(service);
        Admission = StandbyAdmission.NotReady;

        await loop.StepAsync(CancellationToken.None);

        Assert.Equal("hot", await service.PreferredAsync());
        Assert.False(await service.SetUpAsync(enforced)); // up, run again, leaves it to the agent
        service.Hot.Stop();
        await service.UntilAsync("hot", healthy: false);
        Assert.Equal("standby", (await service.HealthAsync()).Serving);
        Admission = StandbyAdmission.Ready;
        await loop.StepAsync(CancellationToken.None);
        Assert.Equal("hot standby", await service.PreferredAsync());
        Assert.Equal(["the standby is not ready to take over and is used as the fallback only", "the standby is ready to take over again"], _said);
    }

    private FailbackLoop Loop(Service service) => new(service.Order, service.Spec.LoadBalancer.Failback, () => Admission, _said.Add, _time);
}
