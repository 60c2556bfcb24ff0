using System.Globalization;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Api;

/// <summary>Health in Cloudflare's words.</summary>
internal sealed class HealthAnswers(HealthEngine engine, Balancer balancer)
{
    /// <summary>The one place from which this load balancer probes.</summary>
    private const string Place = "Tandem";

    /// <summary>Said of an origin whose first check has not ended.</summary>
    private const string NotYet = "Not checked yet";

    /// <summary>A pool with the read-only fields that tell its health.</summary>
    public CloudflarePool WithHealth(CloudflarePool pool) => pool with
    {
        Healthy = balancer.Decision.Pools.GetValueOrDefault(pool.Id!)?.Published,
        Origins = [.. pool.Origins!.Select(origin => Health(pool, origin) is { } health
            ? origin with { Healthy = health.Healthy, FailureReason = health.FailureReason }
            : origin)],
    };

    /// <summary>The answer of pools/{id}/health.</summary>
    public CloudflarePoolHealth Of(CloudflarePool pool)
    {
        var origins = pool.Origins!
            .Select(origin => (origin.Address, Health: Health(pool, origin)))
            .Where(pair => pair.Health is not null)
            .Select(pair => new Dictionary<string, CloudflareOriginHealth> { [pair.Address!] = pair.Health! });
        var healthy = balancer.Decision.Pools.GetValueOrDefault(pool.Id!)?.Published ?? false;
        return new CloudflarePoolHealth
        {
            PoolId = pool.Id,
            PopHealth = new Dictionary<string, CloudflarePopHealth>
            {
                [Place] = new() { Healthy = healthy, Origins = [.. origins] },
            },
        };
    }

    /// <summary>An origin's published health with its last check; null where it is not probed.</summary>
    private CloudflareOriginHealth? Health(CloudflarePool pool, CloudflareOrigin origin)
    {
        var snapshot = engine.Snapshot;
        if (pool.Monitor is not { Length: > 0 } id || !snapshot.Configuration.Monitors.TryGetValue(id, out var monitor))
            return null;
        var key = PoolViews.Key(pool, origin, monitor);
        if (!snapshot.Board.Targets.TryGetValue(key, out var health))
            return null;
        var result = snapshot.Checks.GetValueOrDefault(key)?.Result;
        return new CloudflareOriginHealth
        {
            Healthy = health.Published && result is not null,
            Rtt = string.Create(CultureInfo.InvariantCulture, $"{result?.Duration.TotalMilliseconds ?? 0:0.0}ms"),
            FailureReason = result?.Reason ?? NotYet,
            ResponseCode = result?.ResponseCode ?? 0,
        };
    }
}
