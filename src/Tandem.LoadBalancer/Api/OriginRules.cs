using System.Net;
using System.Net.Sockets;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>What an origin of a pool may be.</summary>
internal static class OriginRules
{
    /// <summary>Answers go by name, so CNAMEs are always flattened; there are no virtual networks.</summary>
    public static UnsupportedFields Unsupported { get; } = new("""{"flatten_cname":true,"virtual_network_id":""}""");

    public static void Validate(CloudflarePool pool, Validation errors)
    {
        var origins = pool.Origins ?? [];
        for (var i = 0; i < origins.Count; i++)
            Validate(origins[i], pool, $"/origins/{i}", errors);

        // DNS answers all addresses at once: it can leave an origin out, but not give it less than another.
        var weights = origins.Select(o => o?.Weight ?? 1).Where(w => w > 0).Distinct();
        errors.Require(
            weights.Count() <= 1, "/origins",
            "weight: weights that differ, other than 0, are not supported by the embedded load balancer: validation failed");
    }

    public static bool IsName(string? name) =>
        name is { Length: > 0 and <= 255 } && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void Validate(CloudflareOrigin? origin, CloudflarePool pool, string pointer, Validation errors)
    {
        errors.Require(origin is not null, pointer, "an origin must be an object: validation failed");
        if (origin is null)
            return;
        Unsupported.Validate(origin.Other, errors, pointer);
        errors.Require(IsName(origin.Name), $"{pointer}/name", "name needs letters, digits, hyphens or underscores: validation failed");
        errors.Require(pool.Origins!.Count(o => o?.Name == origin.Name) == 1, $"{pointer}/name", "name: value not unique", ErrorCodes.NotUnique);
        Address(origin.Address, pool, $"{pointer}/address", errors);
        errors.Range(origin.Weight, 0, 1, "weight", pointer);
        errors.Range(origin.Port, 0, 65535, "port", pointer);
        errors.Require(
            origin.Header is null || origin.Header.Keys.All(k => k.Equals("Host", StringComparison.OrdinalIgnoreCase)),
            $"{pointer}/header", "header may only hold Host: validation failed");
        HeaderRules.Validate(origin.Header, $"{pointer}/header", errors);
    }

    private static void Address(string? text, CloudflarePool pool, string pointer, Validation errors)
    {
        var isName = text is { Length: <= 253 } && Uri.CheckHostName(text) == UriHostNameType.Dns && !text.EndsWith('.');
        errors.Require(isName || IsAddress(text), pointer, "address must be an IP address or a host name: validation failed");
        errors.Require(
            !isName || pool is { Monitor.Length: > 0 } or { MonitorGroup.Length: > 0 }, pointer,
            "address: a host name is resolved by its checks, and so needs a pool with a monitor: validation failed");
    }

    private static bool IsAddress(string? text) => IPAddress.TryParse(text, out var address) && address.ToString() == text
        && (address.AddressFamily != AddressFamily.InterNetworkV6 || address.ScopeId == 0);
}
