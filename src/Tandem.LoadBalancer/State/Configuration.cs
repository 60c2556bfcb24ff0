using System.Collections.Immutable;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.State;

/// <summary>Everything that was configured, at one moment; replaced whole. Every stored object has all its defaults filled in.</summary>
public sealed record Configuration
{
    /// <summary>Nothing configured.</summary>
    public static Configuration Empty { get; } = new();

    /// <summary>Monitors by identifier.</summary>
    public ImmutableSortedDictionary<string, CloudflareMonitor> Monitors { get; init; } =
        ImmutableSortedDictionary<string, CloudflareMonitor>.Empty;

    /// <summary>Monitor groups by identifier.</summary>
    public ImmutableSortedDictionary<string, CloudflareMonitorGroup> MonitorGroups { get; init; } =
        ImmutableSortedDictionary<string, CloudflareMonitorGroup>.Empty;

    /// <summary>Pools by identifier.</summary>
    public ImmutableSortedDictionary<string, CloudflarePool> Pools { get; init; } =
        ImmutableSortedDictionary<string, CloudflarePool>.Empty;

    /// <summary>Load balancers by identifier.</summary>
    public ImmutableSortedDictionary<string, CloudflareLoadBalancer> LoadBalancers { get; init; } =
        ImmutableSortedDictionary<string, CloudflareLoadBalancer>.Empty;

    /// <summary>What an operator said of pools, by identifier: true for up, false for down.</summary>
    public ImmutableSortedDictionary<string, bool> Forced { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;
}
