using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>How session affinity works. A null field takes Cloudflare's default.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/understand-basics/session-affinity/">Cloudflare: session affinity</see>.</remarks>
public sealed record CloudflareSessionAffinityAttributes
{
    /// <summary>The cookie's SameSite: Auto (default), Lax, None or Strict.</summary>
    public string? Samesite { get; init; }

    /// <summary>The cookie's Secure: Auto (default: with HTTPS), Always or Never.</summary>
    public string? Secure { get; init; }

    /// <summary>How long an origin that was disabled keeps its clients, in seconds; 0 by default.</summary>
    public int? DrainDuration { get; init; }

    /// <summary>What becomes of a client whose origin fails: none (default), temporary or sticky.</summary>
    public string? ZeroDowntimeFailover { get; init; }

    /// <summary>Fields that this library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
