using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>How long a loss may last, as the platform file's own numbers say. Pure.</summary>
public static class Prediction
{
    /// <summary>
    /// With the embedded proxy: a second to connect, or to wait for a response, and one until a check is found slow. The rest is
    /// for the request itself.
    /// </summary>
    private static readonly TimeSpan ProxyRecovery = TimeSpan.FromSeconds(3);

    /// <summary>
    /// The longest time from a fault until a client that honours the TTL reaches the standby: until the load balancer has
    /// noticed, plus the TTL of an answer that was given just before. With a proxy there is no answer to wait for; the embedded
    /// one tries a request that may be sent twice on the standby, and others wait for the checks.
    /// </summary>
    public static TimeSpan Recovery(LoadBalancerSpec spec) => !spec.Proxied ? Detection(spec) + spec.Ttl
        : spec.Cloudflare is null ? ProxyRecovery : Detection(spec);

    /// <summary>
    /// The longest time until the answer changes. Cloudflare checks at the interval alone: the last of the failed checks
    /// begins one interval times the threshold after the fault, and takes its timeout. The embedded load balancer confirms
    /// a first failure at once: one interval until a check begins, then four seconds at most.
    /// </summary>
    public static TimeSpan Detection(LoadBalancerSpec spec) => Detection(
        spec.HealthCheck.Interval, spec.HealthCheck.Timeout, spec.HealthCheck.FailureThreshold, confirms: spec.Cloudflare is null);

    /// <summary>The same for any monitor.</summary>
    /// <param name="interval">From one check to the next.</param>
    /// <param name="timeout">How long a check may take, with its retries.</param>
    /// <param name="failureThreshold">Failed checks in a row that take an origin out, at least 1.</param>
    /// <param name="confirms">Whether a first failure is confirmed at once, as the embedded load balancer does.</param>
    public static TimeSpan Detection(TimeSpan interval, TimeSpan timeout, int failureThreshold, bool confirms) => confirms
        ? interval + TimeSpan.FromSeconds(Math.Max(4, failureThreshold + 1))
        : (interval * failureThreshold) + timeout;
}
