using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>One endpoint of a pool.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/pools/">Cloudflare: pools and endpoints</see>.</remarks>
public sealed record CloudflareOrigin
{
    /// <summary>A name that is unique in its pool.</summary>
    public string? Name { get; init; }

    /// <summary>An IP address, or on Cloudflare a host name.</summary>
    public string? Address { get; init; }

    /// <summary>Whether it takes traffic and is probed; true by default.</summary>
    public bool? Enabled { get; init; }

    /// <summary>Its share of the pool's traffic, 0 to 1; 1 by default.</summary>
    public double? Weight { get; init; }

    /// <summary>The port for probes and proxied traffic; 0 (default) for the protocol's own.</summary>
    public int? Port { get; init; }

    /// <summary>Request headers of probes; only Host, with one value.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Header { get; init; }

    /// <summary>Whether it is healthy; read-only.</summary>
    public bool? Healthy { get; init; }

    /// <summary>Why its last check failed; read-only.</summary>
    public string? FailureReason { get; init; }

    /// <summary>Fields that this library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
