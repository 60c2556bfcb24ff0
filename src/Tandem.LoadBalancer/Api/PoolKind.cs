using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Pools.</summary>
internal sealed class PoolKind(LoadBalancerQuotas quotas, Func<CloudflarePool, CloudflarePool> withHealth) : ResourceKind<CloudflarePool>
{
    private static readonly UnsupportedFields Unsupported = new("""
        {
          "check_regions": null,
          "health_sources": null,
          "load_shedding": { "default_percent": 0, "default_policy": "random", "session_percent": 0, "session_policy": "hash" },
          "notification_email": "",
          "notification_filter": null,
          "origin_steering": { "policy": "random" }
        }
        """);

    public override string Name => "pool";

    public override string Type => References.Pool;

    public override JsonTypeInfo<CloudflarePool> Json => CloudflareJson.Default.CloudflarePool;

    public override JsonTypeInfo<CloudflareEnvelope<CloudflarePool>> Envelope => CloudflareJson.Default.CloudflareEnvelopeCloudflarePool;

    public override JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<CloudflarePool>>> ListEnvelope =>
        CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflarePool;

    public override ImmutableSortedDictionary<string, CloudflarePool> In(Configuration configuration) => configuration.Pools;

    public override Configuration With(Configuration configuration, ImmutableSortedDictionary<string, CloudflarePool> all) =>
        configuration with { Pools = all, Forced = configuration.Forced.RemoveRange(configuration.Forced.Keys.Where(id => !all.ContainsKey(id))) };

    public override int Limit(LoadBalancerQuotas quotas) => quotas.Pools;

    public override CloudflarePool WithId(CloudflarePool value, string id) => value with { Id = id };

    public override DateTimeOffset? CreatedOn(CloudflarePool value) => value.CreatedOn;

    public override CloudflarePool Complete(CloudflarePool value, string id, DateTimeOffset created, DateTimeOffset modified) => value with
    {
        Id = id,
        CreatedOn = created,
        ModifiedOn = modified,
        Description = value.Description ?? "",
        Enabled = value.Enabled ?? true,
        DisabledAt = value.Enabled == false ? value.DisabledAt ?? modified : null,
        MinimumOrigins = value.MinimumOrigins ?? 1,
        Monitor = value.Monitor ?? "",
        MonitorGroup = value.MonitorGroup ?? "",
        Healthy = null,
        Other = null,
        Origins =
        [
            .. value.Origins!.OrderBy(o => o.Name, StringComparer.Ordinal).Select(o => o with
            {
                Enabled = o.Enabled ?? true,
                Weight = o.Weight ?? 1,
                Port = o.Port ?? 0,
                Healthy = null,
                FailureReason = null,
                Other = null,
            }),
        ],
    };

    public override void Validate(CloudflarePool value, Configuration configuration, Validation errors)
    {
        Unsupported.Validate(value.Other, errors);
        errors.Require(OriginRules.IsName(value.Name), "/name", "name needs letters, digits, hyphens or underscores: validation failed");
        errors.Require(
            !configuration.Pools.Values.Any(p => p.Id != value.Id && p.Name == value.Name), "/name", "name: value not unique", ErrorCodes.NotUnique);
        var most = quotas.OriginsPerPool;
        errors.Require(value.Origins is { Count: > 0 } && value.Origins.Count <= most, "/origins", $"origins needs 1 to {most} origins: validation failed");
        errors.Range(value.MinimumOrigins, 0, value.Origins?.Count ?? most, "minimum_origins");
        errors.Require(
            value.Monitor is not { Length: > 0 } || configuration.Monitors.ContainsKey(value.Monitor),
            "/monitor", $"monitor {value.Monitor} does not exist: validation failed");
        errors.Require(
            value.MonitorGroup is not { Length: > 0 } || configuration.MonitorGroups.ContainsKey(value.MonitorGroup),
            "/monitor_group", $"monitor group {value.MonitorGroup} does not exist: validation failed");
        errors.Require(
            value.Monitor is not { Length: > 0 } || value.MonitorGroup is not { Length: > 0 },
            "/monitor_group", "monitor_group and monitor exclude each other: validation failed");
        errors.Range(value.Latitude, -90, 90, "latitude");
        errors.Range(value.Longitude, -180, 180, "longitude");
        errors.Require(
            value.Latitude is null == value.Longitude is null, "/longitude", "latitude and longitude must be set together: validation failed");
        OriginRules.Validate(value, errors);
    }

    public override CloudflarePool Present(CloudflarePool value)
    {
        var healthy = withHealth(value);
        return healthy with
        {
            Other = Unsupported.Defaults,
            Origins = [.. healthy.Origins!.Select(origin => origin with { Other = OriginRules.Unsupported.Defaults })],
        };
    }
}
