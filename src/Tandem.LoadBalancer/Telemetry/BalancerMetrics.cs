using Prometheus;
using Tandem.Dns.Server;
using Tandem.LoadBalancer.Api;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Telemetry;

/// <summary>Everything at <c>/metrics</c>, in Prometheus's text format. Counts begin with the process.</summary>
internal sealed class BalancerMetrics
{
    /// <summary>From a cluster next door to the longest timeout of a check, in seconds.</summary>
    private static readonly double[] Buckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Histogram _duration;
    private readonly Counter _probes;
    private readonly Counter _flips;
    private readonly Counter _events;

    public BalancerMetrics(HealthEngine engine, StatusAnswers status, DnsServerStatistics dns, EventLog events)
    {
        var metrics = Metrics.WithCustomRegistry(_registry);
        _duration = metrics.CreateHistogram(
            "tandem_lb_probe_duration_seconds", "How long checks took.", ["pool", "origin"], new HistogramConfiguration { Buckets = Buckets });
        _probes = metrics.CreateCounter("tandem_lb_probes_total", "Checks that ended, by their result in Cloudflare's words.", "pool", "origin", "reason");
        _flips = metrics.CreateCounter("tandem_lb_pool_flips_total", "How often a pool went down.", "pool");
        _events = metrics.CreateCounter("tandem_lb_events_total", "Events, by their type.", "type");
        var (state, names) = (new StateMetrics(metrics, status, engine), new DnsMetrics(metrics, dns));
        _registry.AddBeforeCollectCallback(() =>
        {
            state.Collect();
            names.Collect();
        });
        engine.Probed += Probed;
        events.Added += Happened;
    }

    /// <summary>Writes all of them.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancellationToken) => _registry.CollectAndExportAsTextAsync(to, cancellationToken);

    private void Probed(TargetKey key, string pool, ProbeResult result)
    {
        _duration.WithLabels(pool, key.Origin).Observe(result.Duration.TotalSeconds);
        _probes.WithLabels(pool, key.Origin, result.Reason).Inc();
    }

    private void Happened(BalancerEvent happened)
    {
        _events.WithLabels(happened.Type).Inc();
        if (happened is { Type: BalancerEvent.PoolDown, Pool: { } pool })
            _flips.WithLabels(pool).Inc();
    }
}
