using Tandem.Cloudflare.Model;

namespace Tandem.Platform.Failover.Lint;

/// <summary>What can be said of a load balancer with its pools and their monitors. Pure.</summary>
public static class LoadBalancerRules
{
    private const int DefaultTtl = 30;

    /// <summary>The fallback serves when all pools are down: the preferred one is down itself then.</summary>
    public static Finding? Fallback(CloudflareLoadBalancer balancer) =>
        balancer.DefaultPools is [var first, _, ..] && first == balancer.FallbackPool
            ? new Finding(
                Severity.Warning, Name(balancer),
                "the fallback is the preferred pool: when no pool is healthy, traffic goes to the one that failed first",
                "make the last pool the fallback")
            : null;

    /// <summary>A client that keeps an answer for longer than it takes to notice a loss decides how long the loss lasts.</summary>
    public static Finding? Ttl(CloudflareLoadBalancer balancer, LintSubject subject)
    {
        var detections = subject.Of(balancer).SelectMany(subject.Of).Select(m => Detection(m, subject.Confirms)).ToList();
        var ttl = balancer.Ttl ?? DefaultTtl;
        return balancer.Proxied != true && detections.Count > 0 && ttl > detections.Max()
            ? new Finding(
                Severity.Warning, Name(balancer),
                $"the TTL of {ttl} s is longer than it takes to notice a loss, {detections.Max()} s at most: most of an outage is waiting for old answers to expire",
                $"a TTL of {detections.Max()} s or less, at the price of more DNS questions")
            : null;
    }

    /// <summary>Zero-downtime failover tries another origin of the pool: with one origin there is none.</summary>
    public static Finding? ZeroDowntime(CloudflareLoadBalancer balancer, LintSubject subject)
    {
        var mode = balancer.SessionAffinityAttributes?.ZeroDowntimeFailover;
        var across = balancer.AdaptiveRouting?.FailoverAcrossPools == true;
        return mode is not (null or "" or "none") && !across
            && subject.Of(balancer).All(pool => PoolRules.Enabled(pool) <= 1)
                ? new Finding(
                    Severity.Warning, Name(balancer),
                    $"zero_downtime_failover is {mode}, every pool has one origin and failover_across_pools is off: there is nothing to retry on",
                    "set adaptive_routing.failover_across_pools")
                : null;
    }

    private static int Detection(CloudflareMonitor monitor, bool confirms) => (int)Prediction.Detection(
        TimeSpan.FromSeconds(MonitorRules.IntervalOf(monitor)), TimeSpan.FromSeconds(MonitorRules.LongestCheck(monitor)),
        Math.Max(1, monitor.ConsecutiveDown ?? 0), confirms).TotalSeconds;

    private static string Name(CloudflareLoadBalancer balancer) => $"load balancer {balancer.Name}";
}
