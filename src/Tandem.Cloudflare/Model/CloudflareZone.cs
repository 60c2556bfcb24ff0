namespace Tandem.Cloudflare.Model;

/// <summary>A DNS zone.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/zones/">Cloudflare: zones</see>.</remarks>
public sealed record CloudflareZone
{
    /// <summary>32 hexadecimal digits.</summary>
    public string? Id { get; init; }

    /// <summary>The domain.</summary>
    public string? Name { get; init; }

    /// <summary>active where the zone serves.</summary>
    public string? Status { get; init; }

    /// <summary>Whose it is.</summary>
    public CloudflareAccount? Account { get; init; }
}

/// <summary>An account.</summary>
public sealed record CloudflareAccount
{
    /// <summary>32 hexadecimal digits.</summary>
    public string? Id { get; init; }

    /// <summary>What people call it.</summary>
    public string? Name { get; init; }
}

/// <summary>A token as its bearer sees it.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/user/subresources/tokens/methods/verify/">Cloudflare: verify a token</see>.</remarks>
public sealed record CloudflareToken
{
    /// <summary>The token's identifier, not the token.</summary>
    public string? Id { get; init; }

    /// <summary>active, disabled or expired.</summary>
    public string? Status { get; init; }
}
