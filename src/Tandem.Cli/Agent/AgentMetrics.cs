using Prometheus;
using Tandem.Platform.Parity;

namespace Tandem.Cli.Agent;

/// <summary>The agent's <c>/metrics</c>, in Prometheus's text format.</summary>
internal sealed class AgentMetrics
{
    private readonly CollectorRegistry _registry = Metrics.NewCustomRegistry();
    private readonly Func<Verdict?> _verdict;
    private readonly TimeProvider _time;
    private readonly Gauge _ready;
    private readonly Gauge _age;
    private readonly Gauge _seen;
    private readonly Gauge _findings;

    public AgentMetrics(Func<Verdict?> verdict, TimeProvider time)
    {
        (_verdict, _time) = (verdict, time);
        var metrics = Metrics.WithCustomRegistry(_registry);
        _ready = metrics.CreateGauge("tandem_standby_ready", "1 while the standby is ready to take over.");
        _age = metrics.CreateGauge("tandem_verdict_age_seconds", "Since that was judged.");
        _seen = metrics.CreateGauge("tandem_cluster_seen", "1 while all of a cluster is known.", "cluster");
        _findings = metrics.CreateGauge("tandem_findings", "What is not as it should be.", "cluster", "code", "severity");
        _registry.AddBeforeCollectCallback(Collect);
    }

    /// <summary>Writes all of them.</summary>
    public Task WriteAsync(Stream to, CancellationToken cancellationToken) => _registry.CollectAndExportAsTextAsync(to, cancellationToken);

    private void Collect()
    {
        var verdict = _verdict();
        _ready.Set(verdict?.Ready == true ? 1 : 0);
        _age.Set(verdict is null ? double.PositiveInfinity : (_time.GetUtcNow() - verdict.At).TotalSeconds);
        foreach (var cluster in new[] { "hot", "standby" })
            _seen.WithLabels(cluster).Set(verdict is not null && !verdict.Unseen.Contains(cluster) ? 1 : 0);
        foreach (var labels in _findings.GetAllLabelValues().ToList())
            _findings.RemoveLabelled(labels);
        foreach (var kind in (verdict?.Findings ?? []).GroupBy(f => (f.Cluster, f.Code, f.Severity)))
            _findings.WithLabels(kind.Key.Cluster, kind.Key.Code, kind.Key.Severity.ToString().ToLowerInvariant()).Set(kind.Count());
    }
}
