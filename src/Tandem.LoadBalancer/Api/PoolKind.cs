using System.Collections.Immutable;
using System.Net;
using System.Text.Json.Serialization.Metadata;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Pools.</summary>
internal sealed class PoolKind(Func<CloudflarePool, CloudflarePool> withHealth) : ResourceKind<CloudflarePool>
{
    public override string Name => "pool";

    public override JsonTypeInfo<CloudflarePool> Json => CloudflareJson.Default.CloudflarePool;

    public override JsonTypeInfo<CloudflareEnvelope<CloudflarePool>> Envelope => CloudflareJson.Default.CloudflareEnvelopeCloudflarePool;

    public override JsonTypeInfo<CloudflareEnvelope<IReadOnlyList<CloudflarePool>>> ListEnvelope =>
        CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflarePool;

    public override ImmutableSortedDictionary<string, CloudflarePool> In(Configuration configuration) => configuration.Pools;

    public override Configuration With(Configuration configuration, ImmutableSortedDictionary<string, CloudflarePool> all) =>
        configuration with { Pools = all, Forced = configuration.Forced.RemoveRange(configuration.Forced.Keys.Where(id => !all.ContainsKey(id))) };

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
        Healthy = null,
        Origins =
        [
            .. value.Origins!.OrderBy(o => o.Name, StringComparer.Ordinal).Select(o => o with
            {
                Enabled = o.Enabled ?? true,
                Weight = o.Weight ?? 1,
                Port = o.Port ?? 0,
                Healthy = null,
                FailureReason = null,
            }),
        ],
    };

    public override void Validate(CloudflarePool value, Configuration configuration, Validation errors)
    {
        errors.NoOthers(value.Other);
        errors.Require(IsName(value.Name), "/name", "name needs letters, digits, hyphens or underscores: validation failed");
        errors.Require(
            !configuration.Pools.Values.Any(p => p.Id != value.Id && p.Name == value.Name), "/name", "name: value not unique", ErrorCodes.NotUnique);
        errors.Require(value.Origins is { Count: > 0 and <= 20 }, "/origins", "origins needs 1 to 20 origins: validation failed");
        errors.Range(value.MinimumOrigins, 0, value.Origins?.Count ?? 20, "minimum_origins");
        errors.Require(
            value.Monitor is not { Length: > 0 } || configuration.Monitors.ContainsKey(value.Monitor),
            "/monitor", $"monitor {value.Monitor} does not exist: validation failed");
        var tcp = value.Monitor is { Length: > 0 } id && configuration.Monitors.GetValueOrDefault(id) is { Type: "tcp", Port: 0 };
        errors.Require(!tcp, "/monitor", "the monitor needs a port: validation failed");
        for (var i = 0; i < (value.Origins?.Count ?? 0); i++)
            Validate(value.Origins![i], value, $"/origins/{i}", errors);
    }

    public override IReadOnlyList<CloudflareReference> References(string id, Configuration configuration) =>
    [
        .. configuration.LoadBalancers.Values.Where(l => l.DefaultPools!.Contains(id) || l.FallbackPool == id).Select(l => new CloudflareReference
        {
            ReferenceType = "referrer",
            ResourceType = "load_balancer",
            ResourceId = l.Id,
            ResourceName = l.Name,
        }),
    ];

    public override CloudflarePool Present(CloudflarePool value) => withHealth(value);

    private static void Validate(CloudflareOrigin origin, CloudflarePool pool, string pointer, Validation errors)
    {
        errors.NoOthers(origin.Other, pointer);
        errors.Require(IsName(origin.Name), $"{pointer}/name", "name needs letters, digits, hyphens or underscores: validation failed");
        errors.Require(pool.Origins!.Count(o => o.Name == origin.Name) == 1, $"{pointer}/name", "name: value not unique", ErrorCodes.NotUnique);
        errors.Require(
            IPAddress.TryParse(origin.Address, out var address) && address.ToString() == origin.Address && address.ScopeIdOrZero() == 0,
            $"{pointer}/address", "address must be an IP address: validation failed");
        errors.Range(origin.Weight, 0, 1, "weight", pointer);
        errors.Range(origin.Port, 0, 65535, "port", pointer);
        errors.Require(
            origin.Header is null || origin.Header.Keys.All(k => k.Equals("Host", StringComparison.OrdinalIgnoreCase)),
            $"{pointer}/header", "header may only hold Host: validation failed");
        HeaderRules.Validate(origin.Header, $"{pointer}/header", errors);
    }

    private static bool IsName(string? name) =>
        name is { Length: > 0 and <= 255 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}

/// <summary>What the framework leaves out.</summary>
internal static class AddressExtensions
{
    /// <summary>The link of an IPv6 address; 0 where there is none, and for IPv4, whose property throws.</summary>
    public static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
