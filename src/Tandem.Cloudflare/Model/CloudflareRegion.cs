namespace Tandem.Cloudflare.Model;

/// <summary>All regions.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/reference/region-mapping-api/">Cloudflare: regions</see>.</remarks>
public sealed record CloudflareRegions
{
    /// <summary>The regions.</summary>
    public IReadOnlyList<CloudflareRegion>? Regions { get; init; }
}

/// <summary>A part of the world that traffic can be steered by.</summary>
public sealed record CloudflareRegion
{
    /// <summary>Its code, such as WEU.</summary>
    public string? RegionCode { get; init; }

    /// <summary>Its name, such as Western Europe.</summary>
    public string? RegionName { get; init; }
}
