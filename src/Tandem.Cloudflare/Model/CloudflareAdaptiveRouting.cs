using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>Where a request that failed may be tried again.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/understand-basics/adaptive-routing/">Cloudflare: adaptive routing</see>.</remarks>
public sealed record CloudflareAdaptiveRouting
{
    /// <summary>Whether another pool may take it when its own has no other origin; false by default.</summary>
    public bool? FailoverAcrossPools { get; init; }

    /// <summary>Fields that this library does not know.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
