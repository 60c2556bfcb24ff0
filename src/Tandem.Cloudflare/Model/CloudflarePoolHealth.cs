namespace Tandem.Cloudflare.Model;

/// <summary>What the probes of a pool saw, by the place they were sent from.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/pools/subresources/health/">Cloudflare: pool health</see>.</remarks>
public sealed record CloudflarePoolHealth
{
    /// <summary>The pool's identifier.</summary>
    public string? PoolId { get; init; }

    /// <summary>Results by data centre, such as "Amsterdam, NL".</summary>
    public IReadOnlyDictionary<string, CloudflarePopHealth>? PopHealth { get; init; }
}

/// <summary>What one place saw.</summary>
public sealed record CloudflarePopHealth
{
    /// <summary>Whether the pool is healthy as seen from there.</summary>
    public bool Healthy { get; init; }

    /// <summary>One map an origin, from its address to its health.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, CloudflareOriginHealth>>? Origins { get; init; }
}

/// <summary>The last check of an origin.</summary>
public sealed record CloudflareOriginHealth
{
    /// <summary>Whether the origin is healthy.</summary>
    public bool Healthy { get; init; }

    /// <summary>How long the check took, with its unit: "12.1ms".</summary>
    public string? Rtt { get; init; }

    /// <summary>"No failures", or why it failed, such as "TCP connection failed".</summary>
    public string? FailureReason { get; init; }

    /// <summary>The status of the HTTP answer; 0 where there was none.</summary>
    public int ResponseCode { get; init; }
}
