using Prometheus;
using Tandem.LoadBalancer.Api;
using Tandem.LoadBalancer.Engine;

namespace Tandem.LoadBalancer.Telemetry;

/// <summary>Health and answers as they are when somebody asks.</summary>
internal sealed class StateMetrics(MetricFactory metrics, StatusAnswers status, HealthEngine engine)
{
    private static readonly string[] Words = ["up", "down", "auto"];
    private static readonly string[] States = ["unknown", "healthy", "unhealthy"];

    private readonly Gauge _frozen = metrics.CreateGauge("tandem_lb_frozen", "Whether decisions are frozen because this machine has lost its network.");
    private readonly StateGauge _serving = Of(metrics, "tandem_lb_serving", "1 for the pool that a name is answered with.", "name", "pool");
    private readonly StateGauge _poolObserved = Of(metrics, "tandem_lb_pool_observed", "Whether enough origins are observed healthy.", "pool");
    private readonly StateGauge _poolForced = Of(metrics, "tandem_lb_pool_forced", "1 for an operator's word of a pool.", "pool", "state");
    private readonly StateGauge _poolPublished = Of(metrics, "tandem_lb_pool_published", "What counts for DNS.", "pool");
    private readonly StateGauge _originObserved = Of(metrics, "tandem_lb_origin_observed", "1 for what the checks say.", "pool", "origin", "state");
    private readonly StateGauge _originPublished = Of(metrics, "tandem_lb_origin_published", "What counts for the pool.", "pool", "origin");
    private readonly StateGauge _age = Of(metrics, "tandem_lb_last_probe_age_seconds", "Since the last check ended.", "pool", "origin");

    /// <summary>Takes what is now.</summary>
    public void Collect()
    {
        var now = status.Get();
        _frozen.Set(now.Frozen ? 1 : 0);
        foreach (var balancer in now.LoadBalancers.Where(b => b.ServingPool is not null))
            _serving.Set(true, balancer.Name, balancer.ServingPool!);
        foreach (var pool in now.Pools)
        {
            _poolObserved.Set(pool.Observed, pool.Name);
            _poolPublished.Set(pool.Published, pool.Name);
            foreach (var word in Words)
                _poolForced.Set(pool.Forced == word, pool.Name, word);
            foreach (var origin in pool.Origins)
                Collect(pool.Name, origin);
        }

        foreach (var gauge in new[] { _serving, _poolObserved, _poolForced, _poolPublished, _originObserved, _originPublished, _age })
            gauge.Sweep();
    }

    private void Collect(string pool, OriginStatus origin)
    {
        _originPublished.Set(origin.Published, pool, origin.Name);
        foreach (var state in States)
            _originObserved.Set(origin.Observed == state, pool, origin.Name, state);
        if (origin.LastProbeAt is { } at)
            _age.Set((engine.Now - at).TotalSeconds, pool, origin.Name);
    }

    private static StateGauge Of(MetricFactory metrics, string name, string help, params string[] labels) => new(metrics.CreateGauge(name, help, labels));
}
