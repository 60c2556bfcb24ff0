using System.Text.Json;
using System.Text.Json.Serialization;

namespace Tandem.Cloudflare.Model;

/// <summary>How Cloudflare writes JSON: snake_case, and a field that is not set is not there.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareMonitor>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflarePool>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareLoadBalancer>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareMonitor>>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflarePool>>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareLoadBalancer>>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareZone>>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareReference>>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflarePoolHealth>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareHealthEvent>>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareToken>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareId>))]
[JsonSerializable(typeof(CloudflareEnvelope<JsonElement?>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareMonitorGroup>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyList<CloudflareMonitorGroup>>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareZone>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflarePreview>))]
[JsonSerializable(typeof(CloudflareEnvelope<IReadOnlyDictionary<string, CloudflarePopHealth>>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareSearch>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareRegion>))]
[JsonSerializable(typeof(CloudflareEnvelope<CloudflareRegions>))]
public sealed partial class CloudflareJson : JsonSerializerContext;
