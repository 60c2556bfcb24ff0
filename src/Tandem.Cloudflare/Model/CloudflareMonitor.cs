using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>A health check that pools refer to. A null field is not sent: POST and PUT then take Cloudflare's default, PATCH keeps it.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/monitors/">Cloudflare: monitors</see>.</remarks>
public sealed record CloudflareMonitor : ICloudflareObject
{
    /// <inheritdoc/>
    public string? Id { get; init; }

    /// <summary>When it was created; read-only.</summary>
    public DateTimeOffset? CreatedOn { get; init; }

    /// <summary>When it was last changed; read-only.</summary>
    public DateTimeOffset? ModifiedOn { get; init; }

    /// <summary>The protocol: http (default), https or tcp; Cloudflare has more on larger plans.</summary>
    public string? Type { get; init; }

    /// <summary>A note for people.</summary>
    public string? Description { get; init; }

    /// <summary>The HTTP method, GET by default; connection_established for tcp.</summary>
    public string? Method { get; init; }

    /// <summary>The path of the request, / by default.</summary>
    public string? Path { get; init; }

    /// <summary>Request headers, each with its values; Host may be among them.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Header { get; init; }

    /// <summary>The port; 0 (default) for the protocol's own, and required for tcp.</summary>
    public int? Port { get; init; }

    /// <summary>How long one probe may take, in seconds; 5 by default.</summary>
    public int? Timeout { get; init; }

    /// <summary>Probes repeated at once after a timeout (after nothing else); 2 by default.</summary>
    public int? Retries { get; init; }

    /// <summary>Between two whole checks, in seconds; 60 by default. Cloudflare's lower limit depends on the plan.</summary>
    public int? Interval { get; init; }

    /// <summary>Whole checks that must fail in a row before an origin counts as down; 0 by default.</summary>
    public int? ConsecutiveDown { get; init; }

    /// <summary>Whole checks that must pass in a row before an origin counts as up; 0 by default.</summary>
    public int? ConsecutiveUp { get; init; }

    /// <summary>Accepted status codes: "200", "2xx", or several with commas; empty for any.</summary>
    public string? ExpectedCodes { get; init; }

    /// <summary>Text that the body must contain, without regard to case; empty for any.</summary>
    public string? ExpectedBody { get; init; }

    /// <summary>Whether redirects are followed; false by default.</summary>
    public bool? FollowRedirects { get; init; }

    /// <summary>Whether any certificate is accepted with https; false by default.</summary>
    public bool? AllowInsecure { get; init; }

    /// <summary>The zone whose settings apply to probes; empty by default.</summary>
    public string? ProbeZone { get; init; }

    /// <inheritdoc/>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? Other { get; set; }
}
