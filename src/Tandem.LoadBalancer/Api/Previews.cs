using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Api;

/// <summary>
/// Monitors tried out before they are used: every enabled origin of the pools is probed once, without retries, and what came
/// of it can be fetched for a while. Nothing of it touches the pools' health.
/// </summary>
internal sealed class Previews(IProber prober, ConfigurationStore store, TimeProvider time)
{
    /// <summary>The last previews that can be fetched; older ones are forgotten.</summary>
    private const int Kept = 100;

    /// <summary>One request must not become a flood.</summary>
    private const int MaxOrigins = 1000;

    private const int AtOnce = 64;

    private readonly MonitorKind _kind = new();
    private readonly Lock _gate = new();
    private readonly Queue<(string Id, IReadOnlyDictionary<string, CloudflarePopHealth> Health)> _kept = new();

    /// <summary>Tries a monitor out on one pool; what the body leaves open is the pool's own monitor's, or the default.</summary>
    public Task<CloudflarePreview> OfPoolAsync(string id, JsonObject body, CancellationToken cancellationToken)
    {
        var configuration = store.Current;
        var pool = configuration.Pools.GetValueOrDefault(id) ?? throw ApiException.NotFound("pool", id);
        return RunAsync([pool], body, configuration.Monitors.GetValueOrDefault(pool.Monitor ?? ""), cancellationToken);
    }

    /// <summary>Tries a changed monitor out on all pools that use it; what the body leaves open is as it is.</summary>
    public Task<CloudflarePreview> OfMonitorAsync(string id, JsonObject body, CancellationToken cancellationToken)
    {
        var configuration = store.Current;
        var monitor = configuration.Monitors.GetValueOrDefault(id) ?? throw ApiException.NotFound("monitor", id);
        var pools = configuration.Pools.Values.Where(pool => PoolMonitor.Of(pool, configuration).Any(by => by.Monitor.Id == id));
        return RunAsync([.. pools], body, monitor, cancellationToken);
    }

    /// <summary>What a preview saw, by pool.</summary>
    public IReadOnlyDictionary<string, CloudflarePopHealth> Get(string id)
    {
        lock (_gate)
            return _kept.FirstOrDefault(preview => preview.Id == id).Health ?? throw ApiException.NotFound("preview", id);
    }

    private async Task<CloudflarePreview> RunAsync(
        IReadOnlyList<CloudflarePool> pools, JsonObject body, CloudflareMonitor? stored, CancellationToken cancellationToken)
    {
        var monitor = Monitor(stored is null ? body : RequestBody.Merge(stored, body, _kind.Json));
        var targets = pools.SelectMany(pool => pool.Origins!.Where(o => o.Enabled != false).Select(origin => (Pool: pool, Origin: origin))).ToList();
        if (targets.Count > MaxOrigins)
            throw ApiException.Invalid("", $"a preview probes at most {MaxOrigins} origins, and these pools have {targets.Count}");
        var results = new ConcurrentDictionary<(string Pool, string Origin), ProbeResult>();
        await Parallel.ForEachAsync(
            targets, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (target, token) => results[(target.Pool.Id!, target.Origin.Name!)] = await ProbeAsync(monitor, target.Pool, target.Origin, token));

        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var health = pools.ToDictionary(pool => pool.Id!, pool => Health(pool, results));
        lock (_gate)
        {
            _kept.Enqueue((id, health));
            if (_kept.Count > Kept)
                _kept.Dequeue();
        }

        return new CloudflarePreview { PreviewId = id, Pools = pools.ToDictionary(pool => pool.Id!, pool => pool.Name!) };
    }

    private CloudflareMonitor Monitor(JsonObject body)
    {
        var value = RequestBody.Parse(body, _kind.Json);
        var errors = new Validation();
        _kind.Validate(value, store.Current, errors);
        errors.ThrowIfAny();
        return _kind.Complete(value, "", time.GetUtcNow(), time.GetUtcNow());
    }

    private Task<ProbeResult> ProbeAsync(CloudflareMonitor monitor, CloudflarePool pool, CloudflareOrigin origin, CancellationToken cancellationToken)
    {
        var request = CheckPlan.RequestOf(monitor, pool, origin, PoolViews.Key(pool, origin, new PoolMonitor(monitor, "", true, true)));
        return prober.ProbeAsync(request, request.Timeout, cancellationToken);
    }

    private static CloudflarePopHealth Health(CloudflarePool pool, ConcurrentDictionary<(string Pool, string Origin), ProbeResult> results)
    {
        var probed = pool.Origins!.Where(o => o.Enabled != false).Select(o => (o.Address, Result: results[(pool.Id!, o.Name!)])).ToList();
        return new CloudflarePopHealth
        {
            Healthy = probed.Count(p => p.Result.Passed) >= pool.MinimumOrigins,
            Origins = [.. probed.Select(p => new Dictionary<string, CloudflareOriginHealth> { [p.Address!] = HealthAnswers.Of(p.Result, p.Result.Passed) })],
        };
    }
}
