using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>How long a loss may last, as the platform file's own numbers say. Pure.</summary>
public static class Prediction
{
    /// <summary>
    /// The longest time from a fault until a client that honours the TTL reaches the standby: until the load balancer has
    /// noticed, plus the TTL of an answer that was given just before.
    /// </summary>
    public static TimeSpan Recovery(LoadBalancerSpec spec) => Detection(spec) + spec.Ttl;

    /// <summary>
    /// The longest time until the answer changes. Cloudflare checks at the interval alone: the last of the failed checks
    /// begins one interval times the threshold after the fault, and takes its timeout. The embedded load balancer confirms
    /// a first failure at once: one interval until a check begins, then four seconds at most.
    /// </summary>
    public static TimeSpan Detection(LoadBalancerSpec spec)
    {
        var check = spec.HealthCheck;
        return spec.Cloudflare is not null
            ? (check.Interval * check.FailureThreshold) + check.Timeout
            : check.Interval + TimeSpan.FromSeconds(Math.Max(4, check.FailureThreshold + 1));
    }
}
