using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using Tandem.Cli.Commands;
using Tandem.Cloudflare;
using Tandem.Host;
using Tandem.Platform.Spec;

namespace Tandem.Cli.Embedded;

/// <summary>How to reach the load balancer's API: Cloudflare's, or the embedded one's, which differ in address and token only.</summary>
internal sealed class LoadBalancerAccess : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly ServerFailover _failover;
    private readonly HttpClient _http;
    private readonly IReadOnlyList<Uri> _apis;
    private readonly Uri _tandem;

    private LoadBalancerAccess(IReadOnlyList<Uri> apis, string token, string accountId, string zoneId, IReadOnlyList<NameServerPlan> servers)
    {
        var baseAddress = apis[0];
        _apis = apis;
        _failover = new ServerFailover(apis, TimeProvider.System, new HttpClientHandler());
        _http = new HttpClient(_failover) { Timeout = Timeout };
        AccountId = accountId;
        ZoneId = zoneId;
        Servers = servers;
        _tandem = new Uri(baseAddress, "/tandem/v1/");
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        Client = new CloudflareClient(_http, new CloudflareClientOptions { BaseAddress = baseAddress, ApiToken = token });
    }

    public CloudflareClient Client { get; }

    public string AccountId { get; }

    public string ZoneId { get; }

    /// <summary>The API that answered last; before the first request the first.</summary>
    public Uri Api => _apis[_failover.Current];

    /// <summary>The embedded one's servers; none where it is Cloudflare's.</summary>
    public IReadOnlyList<NameServerPlan> Servers { get; }

    /// <summary>The server that answered last; null where it is Cloudflare's.</summary>
    public NameServerPlan? Server => IsEmbedded ? Servers[_failover.Current] : null;

    public bool IsEmbedded => Servers.Count > 0;

    /// <exception cref="UsageException">The token is not where the platform file says, or the platform is not up.</exception>
    public static LoadBalancerAccess Open(PlatformSpec spec, StateFolder state)
    {
        if (spec.LoadBalancer.Cloudflare is { } cloudflare)
            return new LoadBalancerAccess([cloudflare.BaseUrl ?? CloudflareClientOptions.PublicApi], TokenOf(cloudflare), cloudflare.AccountId, cloudflare.ZoneId, []);
        if (!Environment.IsPrivilegedProcess)
            throw new UsageException("the state of embedded clusters belongs to root: sudo tandem …");
        if (!File.Exists(state.Plan) || !File.Exists(state.LoadBalancerToken))
            throw new NotRunningException($"platform {spec.Name} is not running; start it with: tandem up");
        var plan = HostPlan.Read(state.Plan).LoadBalancer!;
        var servers = NameServerPlan.Of(plan);
        return new LoadBalancerAccess(
            [.. servers.Select(s => new Uri($"http://{s.Api}/client/v4/"))], File.ReadAllText(state.LoadBalancerToken).Trim(), plan.AccountId, plan.ZoneId, servers);
    }

    /// <summary>Makes the embedded one's token, readable by its owner only, where there is none.</summary>
    public static void EnsureToken(StateFolder state)
    {
        if (File.Exists(state.LoadBalancerToken))
            return;
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        };
        using var writer = new StreamWriter(new FileStream(state.LoadBalancerToken, options));
        writer.WriteLine(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)).ToLowerInvariant());
    }

    /// <summary>Something that only the embedded one tells, as JSON.</summary>
    public async Task<System.Text.Json.Nodes.JsonNode> TandemAsync(string path, CancellationToken cancellationToken) =>
        System.Text.Json.Nodes.JsonNode.Parse(await _http.GetStringAsync(new Uri(_tandem, path), cancellationToken))!;

    /// <summary>Whether the embedded one has a proxy; false while it cannot be reached.</summary>
    public async Task<bool> HasProxyAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (await TandemAsync("status", cancellationToken))["proxy"] is not null;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Whether a server answers by itself, within 2 s.</summary>
    public async Task<bool> IsReachableAsync(NameServerPlan server, CancellationToken cancellationToken)
    {
        using var alone = new HttpClient { Timeout = Patience };
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{server.Api}/tandem/v1/status"));
        request.Headers.Authorization = _http.DefaultRequestHeaders.Authorization;
        try
        {
            using var answer = await alone.SendAsync(request, cancellationToken);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return false;
        }
    }

    /// <summary>Says up, down or auto of a pool of the embedded one.</summary>
    public async Task ForceAsync(string poolId, string word, CancellationToken cancellationToken)
    {
        using var answer = await _http.PostAsJsonAsync(new Uri(_tandem, $"pools/{poolId}/force"), new { state = word }, cancellationToken);
        answer.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private static string TokenOf(CloudflareSpec cloudflare)
    {
        var token = cloudflare.TokenEnvironment is { } variable
            ? Environment.GetEnvironmentVariable(variable) ?? throw new UsageException($"the environment variable {variable} with Cloudflare's API token is not set")
            : File.Exists(cloudflare.TokenFile) ? File.ReadAllText(cloudflare.TokenFile!) : throw new UsageException($"the file {cloudflare.TokenFile} with Cloudflare's API token does not exist");
        return token.Trim();
    }
}

/// <summary>The platform is not running.</summary>
internal sealed class NotRunningException(string message) : Exception(message);
