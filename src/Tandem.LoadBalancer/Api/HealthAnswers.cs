using System.Globalization;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Probing;
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

    /// <summary>An origin's published health with its last check, of a group the first that failed; null where it is not probed.</summary>
    private CloudflareOriginHealth? Health(CloudflarePool pool, CloudflareOrigin origin)
    {
        var snapshot = engine.Snapshot;
        var configuration = snapshot.Configuration;
        if (!configuration.Pools.TryGetValue(pool.Id!, out var known))
            return null;
        var monitors = PoolMonitor.Of(known, configuration);
        var targets = monitors.Where(by => by.Counts).Select(by => PoolViews.Key(pool, origin, by)).Where(snapshot.Board.Targets.ContainsKey).ToList();
        if (targets.Count == 0)
            return null;
        var results = targets.Select(key => snapshot.Checks.GetValueOrDefault(key)?.Result).ToList();
        return Of(
            results.FirstOrDefault(r => r is { Passed: false }) ?? results[0],
            healthy: PoolViews.Verdict(pool, origin, monitors, snapshot.Board) is { Published: true });
    }

    /// <summary>A check in Cloudflare's form.</summary>
    /// <param name="result">The check; null before the first has ended.</param>
    /// <param name="healthy">Whether the origin is healthy all in all.</param>
    public static CloudflareOriginHealth Of(ProbeResult? result, bool healthy) => new()
    {
        Healthy = healthy && result is not null,
        Rtt = string.Create(CultureInfo.InvariantCulture, $"{result?.Duration.TotalMilliseconds ?? 0:0.0}ms"),
        FailureReason = result?.Reason ?? NotYet,
        ResponseCode = result?.ResponseCode ?? 0,
    };
}
