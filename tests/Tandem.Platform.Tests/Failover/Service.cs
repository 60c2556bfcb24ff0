using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Tests;
using Tandem.Platform.Failover;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Tests.Failover;

/// <summary>Two servers and a whole embedded load balancer on loopback addresses, set up as <c>tandem up</c> does it.</summary>
internal sealed class Service : IAsyncDisposable
{
    public const string Account = "0123456789abcdef0123456789abcdef";
    public const string Zone = "fedcba9876543210fedcba9876543210";

    public const string Token = "secret";

    private static readonly Dictionary<string, string> Addresses = new() { ["hot"] = "127.0.0.2", ["standby"] = "127.0.0.3" };

    private readonly TemporaryFolder _folder = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new();
    private Task _running = Task.CompletedTask;
    private ProxyOptions _proxy = new() { Http = [new IPEndPoint(IPAddress.Loopback, 0)] };

    private Service(PlatformSpec spec) => Spec = spec;

    public PlatformSpec Spec { get; }

    public TinyServer Hot { get; } = new TinyServer(IPAddress.Parse("127.0.0.2")).Start();

    public TinyServer Standby { get; } = new TinyServer(IPAddress.Parse("127.0.0.3")).Start();

    public CloudflareClient Client { get; private set; } = null!;

    /// <summary>The load balancer's API.</summary>
    public Uri Api { get; private set; } = null!;

    public PoolOrder Order => new(Client, Account, Zone, Spec);

    /// <summary>The load balancer's DNS.</summary>
    public IPEndPoint Dns { get; private set; } = null!;

    /// <param name="failback">As in the platform file.</param>
    /// <param name="proxy">The load balancer's proxy; null for one that nobody asks.</param>
    /// <param name="more">More lines of the platform file's load balancer.</param>
    public static async Task<Service> StartAsync(string failback, ProxyOptions? proxy = null, string more = "")
    {
        var service = new Service(Sample.Spec($"    healthCheck: {{ interval: 1s, timeout: 1s }}\n    failback: {failback}\n{more}"));
        service._proxy = proxy ?? service._proxy;
        await service.StartAsync();
        return service;
    }

    public Task<bool> SetUpAsync(PlatformSpec? spec = null) =>
        new LoadBalancerSetup(Client, Account, Zone, spec ?? Spec).EnsureAsync(Addresses, CancellationToken.None);

    public Task<ServiceHealth> HealthAsync() => ServiceHealth.ReadAsync(Client, Account, Zone, Spec, CancellationToken.None);

    /// <summary>The name of the pool that the load balancer prefers now.</summary>
    public async Task<string?> ServingPoolAsync(CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Api, "/tandem/v1/status")) { Headers = { Authorization = new("Bearer", Token) } };
        using var answer = await _http.SendAsync(request, cancellationToken);
        return (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellationToken))!["loadBalancers"]![0]!["servingPool"];
    }

    /// <summary>The names of the clusters in the order of the default pools.</summary>
    public async Task<string> PreferredAsync()
    {
        var state = (await Order.ReadAsync(CancellationToken.None))!;
        return string.Join(' ', state.Order.Select(id => id == state.Hot.Id ? "hot" : id == state.Standby.Id ? "standby" : "?"));
    }

    /// <summary>Waits until the load balancer finds a cluster healthy, or not.</summary>
    public async Task UntilAsync(string cluster, bool healthy)
    {
        var start = TimeProvider.System.GetTimestamp();
        while ((await HealthAsync()).Clusters.Single(c => c.Name == cluster).Healthy != healthy)
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), $"{cluster} does not become {(healthy ? "healthy" : "unhealthy")}");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _http.Dispose();
        Hot.Dispose();
        Standby.Dispose();
        _folder.Dispose();
    }

    private async Task StartAsync()
    {
        var token = _folder.File("token");
        await File.WriteAllTextAsync(token, Token);
        File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        var started = new TaskCompletionSource<LoadBalancerAddresses>(TaskCreationOptions.RunContinuationsAsynchronously);
        var options = new LoadBalancerOptions
        {
            StateDirectory = _folder.File("state"),
            DnsEndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            ApiEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            TokenFile = token,
            AccountId = Account,
            ZoneId = Zone,
            ZoneName = "yourcompany.com",
            Proxy = _proxy,
            ConfirmInterval = TimeSpan.FromSeconds(0.2),
            ConfirmTimeout = TimeSpan.FromSeconds(0.2),
            OnStarted = started.SetResult,
        };
        _running = Task.Run(() => LoadBalancerProgram.RunAsync(options, NullLogger.Instance, _stop.Token));
        await Task.WhenAny(started.Task, _running);
        if (!started.Task.IsCompleted)
            await _running;
        (Api, Dns) = ((await started.Task).Api, (await started.Task).Dns[0]);
        Client = new CloudflareClient(_http, new CloudflareClientOptions { BaseAddress = Api, ApiToken = Token });

        Assert.True(await SetUpAsync());
        await PortAsync("hot", Hot.EndPoint.Port);
        await PortAsync("standby", Standby.EndPoint.Port);
        await UntilAsync("hot", healthy: true);
        await UntilAsync("standby", healthy: true);
    }

    /// <summary>A cluster's ingress is on port 80; these servers are wherever there was room.</summary>
    private async Task PortAsync(string cluster, int port)
    {
        var pools = Client.Pools(Account);
        var pool = (await pools.ListAsync()).Single(p => p.Name == LoadBalancerSetup.PoolName(Spec, cluster));
        await pools.PatchAsync(pool.Id!, new CloudflarePool { Origins = [pool.Origins!.Single() with { Port = port }] });
    }
}
