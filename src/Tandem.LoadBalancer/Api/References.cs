using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Which object refers to which.</summary>
internal static class References
{
    public const string LoadBalancer = "load_balancer";
    public const string Pool = "pool";
    public const string Monitor = "monitor";
    public const string MonitorGroup = "monitor_group";

    /// <summary>An object that refers to another, or is referred to.</summary>
    public sealed record Node(string Type, string Id, string Name)
    {
        public CloudflareReference As(string? direction) =>
            new() { ReferenceType = direction, ResourceType = Type, ResourceId = Id, ResourceName = Name };
    }

    /// <summary>The objects that refer to one.</summary>
    public static IReadOnlyList<CloudflareReference> To(string type, string id, Configuration configuration) =>
        [.. All(configuration).Where(edge => edge.To.Type == type && edge.To.Id == id).Select(edge => edge.From.As("referrer")).Distinct()];

    /// <summary>Every reference there is.</summary>
    public static IEnumerable<(Node From, Node To)> All(Configuration configuration)
    {
        foreach (var balancer in configuration.LoadBalancers.Values)
            foreach (var pool in balancer.DefaultPools!.Append(balancer.FallbackPool!).Distinct())
                yield return (Of(balancer), Of(configuration.Pools[pool]));
        foreach (var pool in configuration.Pools.Values)
        {
            if (pool.Monitor is { Length: > 0 } monitor)
                yield return (Of(pool), Of(configuration.Monitors[monitor]));
            if (pool.MonitorGroup is { Length: > 0 } group)
                yield return (Of(pool), Of(configuration.MonitorGroups[group]));
        }

        foreach (var group in configuration.MonitorGroups.Values)
            foreach (var member in group.Members!)
                yield return (Of(group), Of(configuration.Monitors[member.MonitorId!]));
    }

    public static Node Of(CloudflareLoadBalancer value) => new(LoadBalancer, value.Id!, value.Name!);

    public static Node Of(CloudflarePool value) => new(Pool, value.Id!, value.Name!);

    /// <summary>Monitors and groups have no name: what stands in its place is their description.</summary>
    public static Node Of(CloudflareMonitor value) => new(Monitor, value.Id!, value.Description ?? "");

    public static Node Of(CloudflareMonitorGroup value) => new(MonitorGroup, value.Id!, value.Description ?? "");
}
