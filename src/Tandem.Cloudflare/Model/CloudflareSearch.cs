namespace Tandem.Cloudflare.Model;

/// <summary>What a search found.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/searches/">Cloudflare: search</see>.</remarks>
public sealed record CloudflareSearch
{
    /// <summary>The objects of this page.</summary>
    public IReadOnlyList<CloudflareReference>? Resources { get; init; }
}
