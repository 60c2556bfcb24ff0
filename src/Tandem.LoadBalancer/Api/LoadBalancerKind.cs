using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.Dns;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Load balancers.</summary>
internal sealed class LoadBalancerKind(string zoneName, bool proxy) : ResourceKind<CloudflareLoadBalancer>
{
    private readonly DnsName _zone = DnsName.Parse(zoneName);

    private static readonly UnsupportedFields Unsupported = new("""
        {
          "country_pools": {},
          "location_strategy": { "mode": "pop", "prefer_ecs": "proximity" },
          "pool_sets": [],
          "pop_pools": {},
          "random_steering": { "default_weight": 1, "pool_weights": {} },
          "region_pools": {},
          "rules": []
        }
        """);

    public override string Name => "load balancer";

    public override string Type => References.LoadBalancer;

    public override JsonTypeInfo<CloudflareLoadBalancer> Json => CloudflareJson.Default.CloudflareLoadBalancer;

    public override JsonTypeInfo<CloudflareEnvelope<CloudflareLoadBalancer>> Envelope =>
        CloudflareJson.Default.CloudflareEnvelopeCloudflareLoadBalancer;

    public override JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<CloudflareLoadBalancer>>> ListEnvelope =>
        CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareLoadBalancer;

    public override ImmutableSortedDictionary<string, CloudflareLoadBalancer> In(Configuration configuration) => configuration.LoadBalancers;

    public override Configuration With(Configuration configuration, ImmutableSortedDictionary<string, CloudflareLoadBalancer> all) =>
        configuration with { LoadBalancers = all };

    public override int Limit(LoadBalancerQuotas quotas) => quotas.LoadBalancers;

    public override CloudflareLoadBalancer WithId(CloudflareLoadBalancer value, string id) => value with { Id = id };

    public override DateTimeOffset? CreatedOn(CloudflareLoadBalancer value) => value.CreatedOn;

    public override CloudflareLoadBalancer Complete(
        CloudflareLoadBalancer value, string id, DateTimeOffset created, DateTimeOffset modified) => value with
        {
            Id = id,
            CreatedOn = created,
            ModifiedOn = modified,
            ZoneName = zoneName,
            Description = value.Description ?? "",
            Enabled = value.Enabled ?? true,
            Proxied = value.Proxied ?? false,
            Ttl = value.Ttl ?? 30,
            SteeringPolicy = value.SteeringPolicy is { Length: > 0 } policy ? policy : "off",
            SessionAffinity = value.SessionAffinity is { Length: > 0 } affinity ? affinity : "none",
            SessionAffinityAttributes = ProxyRules.Complete(value.SessionAffinityAttributes),
            AdaptiveRouting = new CloudflareAdaptiveRouting { FailoverAcrossPools = value.AdaptiveRouting?.FailoverAcrossPools ?? false },
            Other = null,
        };

    public override void Validate(CloudflareLoadBalancer value, Configuration configuration, Validation errors)
    {
        Unsupported.Validate(value.Other, errors);
        var named = DnsName.TryParse(value.Name, out var name) && IsHostName(value.Name!);
        errors.Require(named && name.IsWithin(_zone), "/name", $"name must be a host name in the zone {zoneName}: validation failed");
        errors.Require(
            !named || !configuration.LoadBalancers.Values.Any(l => l.Id != value.Id && DnsName.Parse(l.Name!) == name),
            "/name", "name: value not unique", ErrorCodes.NotUnique);
        errors.Require(value.DefaultPools is { Count: > 0 }, "/default_pools", "default_pools needs at least one pool: validation failed");
        errors.Require(
            value.DefaultPools is null || value.DefaultPools.Distinct().Count() == value.DefaultPools.Count,
            "/default_pools", "default_pools names a pool twice: validation failed");
        for (var i = 0; i < (value.DefaultPools?.Count ?? 0); i++)
        {
            var id = value.DefaultPools![i];
            errors.Require(
                id is not null && configuration.Pools.ContainsKey(id), $"/default_pools/{i}", $"pool {id} does not exist: validation failed");
        }

        errors.Require(
            value.FallbackPool is not null && configuration.Pools.ContainsKey(value.FallbackPool),
            "/fallback_pool", $"pool {value.FallbackPool} does not exist: validation failed");
        errors.Range(value.Ttl, 1, 86400, "ttl");
        errors.OneOf(value.SteeringPolicy, "steering_policy", "off", "");
        ProxyRules.Validate(value, proxy, errors);
    }

    public override CloudflareLoadBalancer Present(CloudflareLoadBalancer value) => value with
    {
        Other = Unsupported.Defaults,
        SessionAffinityTtl = ProxyRules.CookieTtl(value),
        SessionAffinityAttributes = ProxyRules.Present(value.SessionAffinityAttributes),
    };

    private static bool IsHostName(string name) => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_');
}
