using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>Monitors that decide together on the health of a pool's origins.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/monitors/monitor-groups/">Cloudflare: monitor groups</see>.</remarks>
public sealed record CloudflareMonitorGroup : ICloudflareObject
{
    /// <inheritdoc/>
    public string? Id { get; init; }

    /// <summary>When it was created; read-only.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When it was last changed; read-only.</summary>
    public DateTimeOffset? ModifiedOn { get; init; }

    /// <summary>A note for people.</summary>
    public string? Description { get; init; }

    /// <summary>The monitors, at least one.</summary>
    public IReadOnlyList<CloudflareMonitorGroupMember>? Members { get; init; }

    /// <inheritdoc/>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}

/// <summary>A monitor in a group, and its weight in the decision.</summary>
public sealed record CloudflareMonitorGroupMember
{
    /// <summary>The monitor's identifier.</summary>
    public string? MonitorId { get; init; }

    /// <summary>Whether it probes; true by default.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether it only watches and decides nothing; false by default.</summary>
    public bool? MonitoringOnly { get; init; }

    /// <summary>Whether an origin is down as soon as this monitor says so; false by default.</summary>
    public bool? MustBeHealthy { get; init; }

    /// <summary>Fields that this library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
