namespace Tandem.Cloudflare.Model;

/// <summary>A monitor that was tried out; what it saw is fetched by the identifier.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/monitors/subresources/previews/">Cloudflare: previews</see>.</remarks>
public sealed record CloudflarePreview
{
    /// <summary>The identifier to fetch the results by.</summary>
    public string? PreviewId { get; init; }

    /// <summary>The names of the pools that were probed, by their identifiers.</summary>
    public IReadOnlyDictionary<string, string>? Pools { get; init; }
}
