using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.State;

/// <summary>The configuration as it stands in its file.</summary>
internal sealed record StoredConfiguration
{
    /// <summary>The version this program writes, and the only one it reads.</summary>
    public const int Present = 1;

    public int Version { get; init; }

    public IReadOnlyList<CloudflareMonitor> Monitors { get; init; } = [];

    public IReadOnlyList<CloudflareMonitorGroup> MonitorGroups { get; init; } = [];

    public IReadOnlyList<CloudflarePool> Pools { get; init; } = [];

    public IReadOnlyList<CloudflareLoadBalancer> LoadBalancers { get; init; } = [];

    public IReadOnlyDictionary<string, bool> Forced { get; init; } = new Dictionary<string, bool>();

    public static StoredConfiguration From(Configuration configuration) => new()
    {
        Version = Present,
        Monitors = [.. configuration.Monitors.Values],
        MonitorGroups = [.. configuration.MonitorGroups.Values],
        Pools = [.. configuration.Pools.Values],
        LoadBalancers = [.. configuration.LoadBalancers.Values],
        Forced = configuration.Forced,
    };

    public Configuration ToConfiguration() => new()
    {
        Monitors = Monitors.ToImmutableSortedDictionary(m => m.Id!, m => m),
        MonitorGroups = MonitorGroups.ToImmutableSortedDictionary(g => g.Id!, g => g),
        Pools = Pools.ToImmutableSortedDictionary(p => p.Id!, p => p),
        LoadBalancers = LoadBalancers.ToImmutableSortedDictionary(l => l.Id!, l => l),
        Forced = Forced.ToImmutableSortedDictionary(),
    };
}

/// <summary>The files' JSON: Cloudflare's own names.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(StoredConfiguration))]
[JsonSerializable(typeof(IReadOnlyList<StoredHealth>))]
internal sealed partial class StateJson : JsonSerializerContext;
