using Tandem.Cloudflare.Model;

namespace Tandem.Cloudflare;

/// <summary>
/// The part of Cloudflare's API that steers traffic. Requests that do the same when sent twice (GET, PUT, DELETE) are
/// repeated on 429, on 5xx and where no answer came.
/// </summary>
/// <remarks>
/// <see href="https://developers.cloudflare.com/api/resources/load_balancers/">Cloudflare: load balancers</see>. Every method
/// throws <see cref="CloudflareException"/> where the API refuses, and <see cref="HttpRequestException"/> where it cannot be reached.
/// </remarks>
/// <param name="http">Carries the requests; its lifetime and timeout are the caller's.</param>
/// <param name="options">Where to, and as whom.</param>
public sealed class CloudflareClient(HttpClient http, CloudflareClientOptions options)
{
    private readonly CloudflareTransport _transport = new(http, options);

    /// <summary>The health checks of an account.</summary>
    public CloudflareCollection<CloudflareMonitor> Monitors(string accountId) => new(_transport, Account(accountId, "monitors"));

    /// <summary>The monitor groups of an account; only an Enterprise account has any.</summary>
    public CloudflareCollection<CloudflareMonitorGroup> MonitorGroups(string accountId) => new(_transport, Account(accountId, "monitor_groups"));

    /// <summary>The pools of an account.</summary>
    public CloudflareCollection<CloudflarePool> Pools(string accountId) => new(_transport, Account(accountId, "pools"));

    /// <summary>The load balancers of a zone.</summary>
    public CloudflareCollection<CloudflareLoadBalancer> LoadBalancers(string zoneId) =>
        new(_transport, $"zones/{Uri.EscapeDataString(zoneId)}/load_balancers");

    /// <summary>What the last probes of a pool saw.</summary>
    public Task<CloudflarePoolHealth> PoolHealthAsync(string accountId, string poolId, CancellationToken cancellationToken = default) =>
        ResultAsync<CloudflarePoolHealth>($"{Account(accountId, "pools")}/{Uri.EscapeDataString(poolId)}/health", cancellationToken);

    /// <summary>What refers to a pool.</summary>
    public async Task<IReadOnlyList<CloudflareReference>> PoolReferencesAsync(
        string accountId, string poolId, CancellationToken cancellationToken = default) =>
        await ResultAsync<IReadOnlyList<CloudflareReference>>(
            $"{Account(accountId, "pools")}/{Uri.EscapeDataString(poolId)}/references", cancellationToken);

    /// <summary>The zones the token may see; those of one name where it is given.</summary>
    public Task<IReadOnlyList<CloudflareZone>> ZonesAsync(string? name = null, CancellationToken cancellationToken = default) =>
        CloudflarePages.ReadAsync<CloudflareZone>(
            _transport, name is null ? "zones" : $"zones?name={Uri.EscapeDataString(name)}", cancellationToken);

    /// <summary>Whether the token is valid: its status is active.</summary>
    public Task<CloudflareToken> VerifyTokenAsync(CancellationToken cancellationToken = default) =>
        ResultAsync<CloudflareToken>("user/tokens/verify", cancellationToken);

    private static string Account(string accountId, string kind) => $"accounts/{Uri.EscapeDataString(accountId)}/load_balancers/{kind}";

    private async Task<T> ResultAsync<T>(string path, CancellationToken cancellationToken)
        where T : class =>
        (await _transport.SendAsync<T>(HttpMethod.Get, path, null, cancellationToken)).Result
            ?? throw new InvalidDataException($"GET {path}: the answer has no result.");
}
