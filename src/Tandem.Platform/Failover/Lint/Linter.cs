namespace Tandem.Platform.Failover.Lint;

/// <summary>All rules over a configuration. Pure.</summary>
public static class Linter
{
    /// <summary>Everything that was found, errors first.</summary>
    public static IReadOnlyList<Finding> Run(LintSubject subject)
    {
        var pools = subject.Balancers.SelectMany(subject.Of).Distinct().ToList();
        return
        [
            .. subject.Monitors.Values.SelectMany(monitor => new[] { MonitorRules.Interval(monitor, subject.Plan), MonitorRules.Duration(monitor) })
                .Concat(pools.SelectMany(pool => new[] { PoolRules.Monitor(pool), PoolRules.Minimum(pool), PoolRules.Disabled(pool) }))
                .Concat(pools.SelectMany(pool => subject.Of(pool).Select(monitor => PoolRules.Retries(pool, monitor))))
                .Concat(subject.Balancers.SelectMany(balancer => new[]
                {
                    LoadBalancerRules.Fallback(balancer), LoadBalancerRules.Ttl(balancer, subject), LoadBalancerRules.ZeroDowntime(balancer, subject),
                }))
                .OfType<Finding>()
                .OrderByDescending(finding => finding.Severity),
        ];
    }
}
