using Tandem.Platform.Drills;
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

    /// <summary>The supervisor looks each 0.2 s and starts what has ended; a load balancer needs a second or two to start.</summary>
    private static readonly TimeSpan Restart = TimeSpan.FromSeconds(5);

    /// <summary>A packet lost twice is sent again after three seconds (RFC 6298); a healed link is found within as long.</summary>
    private static readonly TimeSpan Retransmission = TimeSpan.FromSeconds(3);

    /// <summary>What users are promised in a drill.</summary>
    public static DrillPrediction Of(Drill drill, LoadBalancerSpec spec)
    {
        var detection = drill.Faults.Any(f => f.Kind == FaultKind.IngressStopped) ? SilenceDetection(spec) : Detection(spec);
        var recovery = drill.Expectation switch
        {
            // A proxy passes an error page on as it is: users wait for the pods, or for the checks.
            Expectation.Recovers when spec.Proxied => detection,
            Expectation.FailsOver or Expectation.Recovers => Recovery(spec) + (spec is { Proxied: true, Cloudflare: null } ? TimeSpan.Zero : detection - Detection(spec)),
            Expectation.KeepsServing when drill.Faults.Any(f => f.Kind == FaultKind.BalancerKilled) => Restart,
            Expectation.KeepsServing when drill.MostFailed > 0 => Retransmission,
            Expectation.KeepsServing => TimeSpan.Zero,
            _ => spec.Proxied ? Return(spec) : Retransmission,
        };
        return new DrillPrediction(recovery, detection);
    }

    /// <summary>
    /// The longest time from the healing until a cluster may serve again: until a check begins, and then as many as the
    /// threshold wants. The embedded load balancer makes those a second apart. Damping comes on top.
    /// </summary>
    public static TimeSpan Return(LoadBalancerSpec spec) => spec.Cloudflare is null
        ? spec.HealthCheck.Interval + TimeSpan.FromSeconds(spec.HealthCheck.SuccessThreshold)
        : (spec.HealthCheck.Interval * spec.HealthCheck.SuccessThreshold) + spec.HealthCheck.Timeout;

    /// <summary>The same as <see cref="Detection(LoadBalancerSpec)"/> for a cluster that accepts connections and does not answer: the first check takes its whole timeout, and only then others confirm it.</summary>
    private static TimeSpan SilenceDetection(LoadBalancerSpec spec) => spec.Cloudflare is null
        ? spec.HealthCheck.Interval + spec.HealthCheck.Timeout + TimeSpan.FromSeconds(spec.HealthCheck.FailureThreshold)
        : Detection(spec);

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
