using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>A hostname and the pools that serve it. A null field is not sent: POST and PUT then take Cloudflare's default, PATCH keeps it.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/">Cloudflare: load balancers</see>.</remarks>
public sealed record CloudflareLoadBalancer : ICloudflareObject
{
    /// <inheritdoc/>
    public string? Id { get; init; }

    /// <summary>When it was created; read-only.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When it was last changed; read-only.</summary>
    public DateTimeOffset? ModifiedOn { get; init; }

    /// <summary>The hostname, in the zone.</summary>
    public string? Name { get; init; }

    /// <summary>The zone's name; read-only.</summary>
    public string? ZoneName { get; init; }

    /// <summary>A note for people.</summary>
    public string? Description { get; init; }

    /// <summary>Whether it answers; true by default.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Whether Cloudflare's proxy answers instead of the origins' addresses; false by default.</summary>
    public bool? Proxied { get; init; }

    /// <summary>How long an answer may be kept, in seconds; 30 by default, and only without the proxy.</summary>
    public int? Ttl { get; init; }

    /// <summary>How a pool is chosen; off is failover in the order of the default pools.</summary>
    public string? SteeringPolicy { get; init; }

    /// <summary>Identifiers of pools, the preferred one first.</summary>
    public IReadOnlyList<string>? DefaultPools { get; init; }

    /// <summary>The identifier of the pool that serves when all others are down, whatever its own health.</summary>
    public string? FallbackPool { get; init; }

    /// <summary>Whether a client stays with its origin; none by default.</summary>
    public string? SessionAffinity { get; init; }

    /// <summary>How long a client stays with its origin, in seconds; 82800 by default with cookies, 1800 to 604800.</summary>
    public int? SessionAffinityTtl { get; init; }

    /// <summary>The cookie, and what ends a client's stay; only with the proxy.</summary>
    public CloudflareSessionAffinityAttributes? SessionAffinityAttributes { get; init; }

    /// <summary>Where a request that failed may be tried again; only with the proxy.</summary>
    public CloudflareAdaptiveRouting? AdaptiveRouting { get; init; }

    /// <inheritdoc/>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
