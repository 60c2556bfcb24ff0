using System.Net;
using DnsClient;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Cloudflare;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Api;
using System.Text;
using System.Text.Json;

namespace Tandem.LoadBalancer.Tests;

/// <summary>A whole load balancer on free ports of 127.0.0.1, with its client.</summary>
internal sealed class RunningBalancer : IAsyncDisposable
{
    public const string Account = "0123456789abcdef0123456789abcdef";
    public const string Zone = "fedcba9876543210fedcba9876543210";
    public const string Host = "api.yourcompany.com";

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _http = new();
    private readonly Task _running;

    private RunningBalancer(Task running, CancellationTokenSource stop, LoadBalancerAddresses addresses)
    {
        (_running, _stop, Addresses) = (running, stop, addresses);
        Client = ClientWith("secret");
    }

    public LoadBalancerAddresses Addresses { get; }

    public CloudflareClient Client { get; }

    public HttpClient Http => _http;

    public static LoadBalancerOptions Options(TemporaryFolder folder)
    {
        var token = folder.File("token");
        if (!File.Exists(token))
        {
            File.WriteAllText(token, "secret\n");
            File.SetUnixFileMode(token, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new LoadBalancerOptions
        {
            StateDirectory = folder.File("state"),
            DnsEndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            ApiEndPoint = new IPEndPoint(IPAddress.Loopback, 0),
            TokenFile = token,
            AccountId = Account,
            ZoneId = Zone,
            ZoneName = "yourcompany.com",
            ConfirmInterval = TimeSpan.FromSeconds(0.2),
            ConfirmTimeout = TimeSpan.FromSeconds(0.2),
        };
    }

    public static async Task<RunningBalancer> StartAsync(LoadBalancerOptions options)
    {
        var started = new TaskCompletionSource<LoadBalancerAddresses>(TaskCreationOptions.RunContinuationsAsynchronously);
        var stop = new CancellationTokenSource();
        var running = Task.Run(() => LoadBalancerProgram.RunAsync(
            options with { OnStarted = started.SetResult }, NullLogger.Instance, stop.Token));
        await Task.WhenAny(started.Task, running);
        if (!started.Task.IsCompleted)
            await running;
        return new RunningBalancer(running, stop, await started.Task);
    }

    public CloudflareClient ClientWith(string token) =>
        new(_http, new CloudflareClientOptions { BaseAddress = Addresses.Api, ApiToken = token });

    public LookupClient Dns() => new(new LookupClientOptions(Addresses.Dns[0]) { UseCache = false, Retries = 0, ContinueOnDnsError = false });

    public async Task<string[]> ResolveAsync() =>
        [.. (await Dns().QueryAsync(Host, QueryType.A)).Answers.ARecords().Select(a => a.Address.ToString())];

    public async Task<JsonElement> TandemAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(Addresses.Api, "/tandem/v1/" + path));
        request.Headers.Authorization = new("Bearer", "secret");
        request.Content = body is null ? null : new StringContent(body);
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement;
    }

    /// <summary>A request of Cloudflare's API as it stands, whatever comes of it.</summary>
    public async Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(HttpMethod method, string path, string? body)
    {
        using var request = new HttpRequestMessage(method, new Uri(Addresses.Api, path));
        request.Headers.Authorization = new("Bearer", "secret");
        request.Content = body is null ? null : new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await _http.SendAsync(request);
        return (response.StatusCode, JsonDocument.Parse(await response.Content.ReadAsStringAsync()).RootElement);
    }

    public async Task<BalancerEvents> EventsAsync() =>
        (await TandemAsync(HttpMethod.Get, "events?since=0")).Deserialize(TandemJson.Default.BalancerEvents)!;

    /// <summary>One pool a target, the first preferred and the last the fallback.</summary>
    public Task<IReadOnlyList<CloudflarePool>> ConfigureAsync(CloudflareMonitor monitor, params IPEndPoint[] origins) =>
        ConfigureAsync(monitor, balancer => balancer, origins);

    /// <summary>The same, with the load balancer changed in what the test is about.</summary>
    public async Task<IReadOnlyList<CloudflarePool>> ConfigureAsync(
        CloudflareMonitor monitor, Func<CloudflareLoadBalancer, CloudflareLoadBalancer> with, params IPEndPoint[] origins)
    {
        var id = (await Client.Monitors(Account).CreateAsync(monitor)).Id;
        var pools = new List<CloudflarePool>();
        foreach (var (origin, i) in origins.Select((o, i) => (o, i)))
        {
            pools.Add(await Client.Pools(Account).CreateAsync(new CloudflarePool
            {
                Name = $"pool-{i}",
                Monitor = id,
                Origins = [new CloudflareOrigin { Name = "cluster", Address = origin.Address.ToString(), Port = origin.Port }],
            }));
        }

        await Client.LoadBalancers(Zone).CreateAsync(with(new CloudflareLoadBalancer
        {
            Name = Host,
            DefaultPools = [.. pools.Select(p => p.Id!)],
            FallbackPool = pools[^1].Id,
            SteeringPolicy = "off",
        }));
        return pools;
    }

    /// <summary>Stops it in order.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
        _http.Dispose();
    }
}
