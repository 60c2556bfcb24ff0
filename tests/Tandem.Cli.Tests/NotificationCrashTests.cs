using Tandem.Cloudflare.Model;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;
using Tandem.LoadBalancer.Tests.Notifications;

namespace Tandem.Cli.Tests;

/// <summary>A decision whose notification was under way when the load balancer was killed is told by the next one.</summary>
public sealed class NotificationCrashTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Receiver _receiver = new(FreePort.Take());

    public void Dispose()
    {
        _receiver.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task Deliver_KilledWhileTheReceiverHangs_IsToldAgainUnderTheSameKey()
    {
        var state = new StateFolder("demo", _folder.File("state"));
        var plan = new NotificationsPlan("1", [new WebhookPlan(_receiver.Url.ToString(), null)]);
        _receiver.Answers = _ => null;
        using (var first = await BalancerProcess.StartAsync(state, notifications: plan))
        {
            var pool = await first.Client.Pools(BalancerProcess.Account).CreateAsync(new CloudflarePool
            {
                Name = "pool", Origins = [new CloudflareOrigin { Name = "cluster", Address = "192.0.2.1" }],
            });
            await first.Client.LoadBalancers(BalancerProcess.Zone).CreateAsync(new CloudflareLoadBalancer
            {
                Name = "api.yourcompany.com", DefaultPools = [pool.Id!], FallbackPool = pool.Id,
            });
            await UntilAsync(() => _receiver.All.Count > 0);
            await first.CrashAsync();
        }

        var told = _receiver.All[0];
        _receiver.Answers = _ => 204;
        using var second = await BalancerProcess.StartAsync(state, notifications: plan);
        await UntilAsync(() => _receiver.Accepted.Any());

        Assert.Equal((told.Key, told.Event.Type), (_receiver.Accepted.First().Key, _receiver.Accepted.First().Event.Type));
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, patience.Token);
    }
}
