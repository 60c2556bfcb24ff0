using Tandem.Cloudflare.Model;
using Tandem.Platform.Spec;

namespace Tandem.Platform.Failover;

/// <summary>What the platform file means in Cloudflare's terms. Pure.</summary>
public static class WantedObjects
{
    /// <summary>The description that marks an object as this platform's.</summary>
    public static string Mark(PlatformSpec spec) => $"tandem:{spec.Name}";

    /// <summary>The one monitor.</summary>
    public static CloudflareMonitor Monitor(PlatformSpec spec)
    {
        var check = spec.LoadBalancer.HealthCheck;
        return new CloudflareMonitor
        {
            Type = "http",
            Description = Mark(spec),
            Method = "GET",
            Path = check.Path,
            ExpectedCodes = "200",
            Interval = (int)check.Interval.TotalSeconds,
            Timeout = (int)check.Timeout.TotalSeconds,
            Retries = 0,
            ConsecutiveDown = check.FailureThreshold,
            ConsecutiveUp = check.SuccessThreshold,
        };
    }

    /// <summary>A cluster's pool, with one origin: its ingress.</summary>
    /// <param name="spec">The platform.</param>
    /// <param name="cluster">hot or standby.</param>
    /// <param name="address">Where the ingress is; null while that is not known.</param>
    /// <param name="monitor">The monitor's identifier.</param>
    public static CloudflarePool Pool(PlatformSpec spec, string cluster, string? address, string monitor) => new()
    {
        Name = LoadBalancerSetup.PoolName(spec, cluster),
        Description = Mark(spec),
        Enabled = true,
        MinimumOrigins = 1,
        Monitor = monitor,
        Origins = [new CloudflareOrigin { Name = cluster, Address = address, Enabled = true, Weight = 1 }],
    };

    /// <summary>
    /// The hostname over the pools, failover in their order. With the proxy a request that a cluster fails is tried on the other
    /// one: each pool has one origin, so within a pool there is nothing to try.
    /// </summary>
    public static CloudflareLoadBalancer Balancer(PlatformSpec spec, IReadOnlyList<string> pools) => new()
    {
        Name = spec.Hostname,
        Description = Mark(spec),
        Enabled = true,
        Proxied = spec.LoadBalancer.Proxied,
        Ttl = spec.LoadBalancer.Proxied ? null : (int)spec.LoadBalancer.Ttl.TotalSeconds,
        SessionAffinity = spec.LoadBalancer.SessionAffinity,
        SessionAffinityAttributes = new CloudflareSessionAffinityAttributes
        {
            // The client returns to its own cluster if that was only a moment's fault.
            ZeroDowntimeFailover = spec.LoadBalancer.SessionAffinity == "none" ? "none" : "temporary",
        },
        AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = spec.LoadBalancer.Proxied },
        SteeringPolicy = "off",
        DefaultPools = pools,
        FallbackPool = pools[^1],
    };
}
