using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>Origins that stand for one place. A null field is not sent: POST and PUT then take Cloudflare's default, PATCH keeps it.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/pools/">Cloudflare: pools</see>.</remarks>
public sealed record CloudflarePool : ICloudflareObject
{
    /// <inheritdoc/>
    public string? Id { get; init; }

    /// <summary>When it was created; read-only.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When it was last changed; read-only.</summary>
    public DateTimeOffset? ModifiedOn { get; init; }

    /// <summary>When it was disabled; read-only.</summary>
    public DateTimeOffset? DisabledAt { get; init; }

    /// <summary>A name that is unique in the account: letters, digits, hyphens and underscores.</summary>
    public string? Name { get; init; }

    /// <summary>A note for people.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it takes traffic and is probed; true by default.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Fewer healthy origins than this make the pool critical; 1 by default.</summary>
    public int? MinimumOrigins { get; init; }

    /// <summary>The monitor's identifier; without one health is ignored.</summary>
    public string? Monitor { get; init; }

    /// <summary>The monitor group's identifier, in place of a monitor's.</summary>
    public string? MonitorGroup { get; init; }

    /// <summary>Where the origins are, in degrees; with a longitude only. Proximity steering alone goes by it.</summary>
    public double? Latitude { get; init; }

    /// <summary>Where the origins are, in degrees; with a latitude only.</summary>
    public double? Longitude { get; init; }

    /// <summary>The origins, at least one; answered sorted by name.</summary>
    public IReadOnlyList<CloudflareOrigin>? Origins { get; init; }

    /// <summary>Whether enough origins are healthy; read-only.</summary>
    public bool? Healthy { get; init; }

    /// <inheritdoc/>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
