using System.Net;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>Two origins in processes of their own, and a load balancer with a proxy before them.</summary>
public abstract class ProxyFixture : IAsyncLifetime
{
    internal static readonly CloudflareMonitor Monitor = new() { Type = "http", Interval = 60, Timeout = 1, Retries = 0, ExpectedCodes = "200" };

    internal TemporaryFolder Folder { get; } = new();

    internal OriginProcess Hot { get; private set; } = null!;

    internal OriginProcess Standby { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Hot = await OriginProcess.StartAsync("hot", IPAddress.Parse("127.0.0.2"));
        Standby = await OriginProcess.StartAsync("standby", IPAddress.Parse("127.0.0.3"));
    }

    public Task DisposeAsync()
    {
        Hot.Dispose();
        Standby.Dispose();
        Folder.Dispose();
        return Task.CompletedTask;
    }

    internal async Task<RunningBalancer> StartAsync(Func<CloudflareLoadBalancer, CloudflareLoadBalancer> with, ProxyOptions? options = null)
    {
        var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(Folder) with
        {
            Proxy = options ?? new ProxyOptions { Http = [new IPEndPoint(IPAddress.Loopback, 0)] },
        });
        await balancer.ConfigureAsync(Monitor, b => with(b with { Proxied = true }), Hot.EndPoint, Standby.EndPoint);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        return balancer;
    }
}
