using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>What a load balancer may ask of the proxy. Without the proxy nobody would honour it, so it is refused.</summary>
internal static class ProxyRules
{
    private const int LongestDrain = 86400;

    private const int DefaultTtl = 82800;

    private static readonly UnsupportedFields Attributes = new("""{ "headers": [], "require_all_headers": false }""");

    private static readonly UnsupportedFields Routing = new("{}");

    /// <param name="value">The load balancer as it was sent.</param>
    /// <param name="available">Whether this program has a proxy.</param>
    /// <param name="errors">Gathers what is wrong.</param>
    public static void Validate(CloudflareLoadBalancer value, bool available, Validation errors)
    {
        var proxied = value.Proxied == true;
        var pinned = value.SessionAffinity is not (null or "" or "none");
        var attributes = value.SessionAffinityAttributes ?? new CloudflareSessionAffinityAttributes();
        errors.Require(
            !proxied || available, "/proxied", "proxied is not supported by the embedded load balancer, which has no proxy listeners: validation failed");
        errors.OneOf(value.SessionAffinity, "session_affinity", "none", "", "cookie");
        Needs(proxied, "proxied", !pinned, "/session_affinity", "session_affinity", errors);
        Needs(pinned, "session_affinity", value.SessionAffinityTtl is null, "/session_affinity_ttl", "session_affinity_ttl", errors);
        errors.Range(value.SessionAffinityTtl, 1800, 604800, "session_affinity_ttl");
        Needs(
            proxied, "proxied", value.AdaptiveRouting?.FailoverAcrossPools != true,
            "/adaptive_routing/failover_across_pools", "failover_across_pools", errors);
        Routing.Validate(value.AdaptiveRouting?.Other, errors, "/adaptive_routing");
        Validate(attributes, pinned, errors);
    }

    /// <summary>In seconds. The default is not stored: with it in place, turning affinity off would be refused for it.</summary>
    public static int? CookieTtl(CloudflareLoadBalancer value) =>
        value.SessionAffinity == "cookie" ? value.SessionAffinityTtl ?? DefaultTtl : null;

    public static CloudflareSessionAffinityAttributes Complete(CloudflareSessionAffinityAttributes? value) => new()
    {
        Samesite = value?.Samesite ?? "Auto",
        Secure = value?.Secure ?? "Auto",
        DrainDuration = value?.DrainDuration ?? 0,
        ZeroDowntimeFailover = value?.ZeroDowntimeFailover ?? "none",
    };

    public static CloudflareSessionAffinityAttributes Present(CloudflareSessionAffinityAttributes? value) =>
        Complete(value) with { Other = Attributes.Defaults };

    private static void Validate(CloudflareSessionAffinityAttributes value, bool pinned, Validation errors)
    {
        const string pointer = "/session_affinity_attributes";
        Attributes.Validate(value.Other, errors, pointer);
        OneOf(value.Samesite, "samesite", "Auto", "Lax", "None", "Strict");
        OneOf(value.Secure, "secure", "Auto", "Always", "Never");
        OneOf(value.ZeroDowntimeFailover, "zero_downtime_failover", "none", "temporary", "sticky");
        errors.Range(value.DrainDuration, 0, LongestDrain, "drain_duration", pointer);

        // Browsers drop such a cookie.
        errors.Require(
            value is not { Samesite: "None", Secure: "Never" }, $"{pointer}/secure", "samesite None needs secure Auto or Always: validation failed");
        Unpinned(value.Samesite is null or "Auto", "samesite");
        Unpinned(value.Secure is null or "Auto", "secure");
        Unpinned(value.DrainDuration is null or 0, "drain_duration");
        Unpinned(value.ZeroDowntimeFailover is null or "none", "zero_downtime_failover");

        void OneOf(string? text, string field, params string[] allowed) => errors.Require(
            text is null || allowed.Contains(text), $"{pointer}/{field}", $"{field} must be one of {string.Join(", ", allowed)}: validation failed");
        void Unpinned(bool neutral, string field) => Needs(pinned, "session_affinity", neutral, $"{pointer}/{field}", field, errors);
    }

    private static void Needs(bool there, string what, bool neutral, string pointer, string field, Validation errors) =>
        errors.Require(there || neutral, pointer, $"{field} is not supported by the embedded load balancer without {what}: validation failed");
}
