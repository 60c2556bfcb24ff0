namespace Tandem.Cloudflare;

/// <summary>Which API to talk to, and as whom.</summary>
public sealed record CloudflareClientOptions
{
    /// <summary>Cloudflare's own API.</summary>
    public static readonly Uri PublicApi = new("https://api.cloudflare.com/client/v4/");

    /// <summary>The address up to and including /client/v4.</summary>
    public Uri BaseAddress { get; init; } = PublicApi;

    /// <summary>The bearer token.</summary>
    public required string ApiToken { get; init; }

    /// <summary>How often a request that may be repeated (GET, PUT, DELETE) is sent at most.</summary>
    public int MaxAttempts { get; init; } = 4;

    /// <summary>The pause before the second attempt, doubled before each further one; Retry-After takes precedence.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest pause, even where Retry-After asks for more.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The clock of the pauses.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Does not show the token.</summary>
    public override string ToString() => BaseAddress.ToString();
}
