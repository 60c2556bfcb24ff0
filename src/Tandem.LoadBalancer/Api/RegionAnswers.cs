using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>
/// Cloudflare's regions by code and name. Nothing here steers by them: which countries they hold is Cloudflare's to say, and a
/// question for that is refused.
/// <see href="https://developers.cloudflare.com/load-balancing/reference/region-mapping-api/">Cloudflare: regions</see>.
/// </summary>
internal static class RegionAnswers
{
    private static readonly (string Code, string Name)[] Known =
    [
        ("EEU", "Eastern Europe"), ("ENAM", "Eastern North America"), ("ME", "Middle East"), ("NAF", "Northern Africa"),
        ("NEAS", "Northeast Asia"), ("NSAM", "Northern South America"), ("OC", "Oceania"), ("SAF", "Southern Africa"),
        ("SAS", "Southern Asia"), ("SEAS", "Southeast Asia"), ("SSAM", "Southern South America"), ("WEU", "Western Europe"),
        ("WNAM", "Western North America"),
    ];

    private static readonly string[] Filters = ["country_code", "country_code_a2", "subdivision_code", "subdivision_code_a2"];

    public static CloudflareRegions All(HttpRequest request)
    {
        var errors = new Validation();
        foreach (var filter in Filters.Where(request.Query.ContainsKey))
            errors.Require(false, $"/{filter}", $"{filter} is not supported by the embedded load balancer: validation failed");
        errors.ThrowIfAny();
        return new CloudflareRegions { Regions = [.. Known.Select(Of)] };
    }

    public static CloudflareRegion One(string code) =>
        Known.FirstOrDefault(region => region.Code == code) is { Code: not null } known ? Of(known) : throw ApiException.NotFound("region", code);

    private static CloudflareRegion Of((string Code, string Name) region) => new() { RegionCode = region.Code, RegionName = region.Name };
}
