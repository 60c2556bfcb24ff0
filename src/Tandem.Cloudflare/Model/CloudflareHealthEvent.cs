namespace Tandem.Cloudflare.Model;

/// <summary>A change of a pool's or an origin's health.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/user/subresources/load_balancing_analytics/">Cloudflare: load balancing
/// analytics, healthcheck events</see>.</remarks>
public sealed record CloudflareHealthEvent
{
    /// <summary>Grows with each event.</summary>
    public long Id { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset Timestamp { get; init; }

    /// <summary>The pool.</summary>
    public CloudflareEventPool? Pool { get; init; }

    /// <summary>Its origins.</summary>
    public IReadOnlyList<CloudflareEventOrigin>? Origins { get; init; }
}

/// <summary>The pool of an event.</summary>
public sealed record CloudflareEventPool
{
    /// <summary>Its identifier.</summary>
    public string? Id { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Whether it is healthy since then.</summary>
    public bool Healthy { get; init; }

    /// <summary>Whether that changed.</summary>
    public bool Changed { get; init; }

    /// <summary>How many healthy origins it needs.</summary>
    public int? MinimumOrigins { get; init; }
}

/// <summary>An origin of an event's pool.</summary>
public sealed record CloudflareEventOrigin
{
    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its address as it was configured.</summary>
    public string? Address { get; init; }

    /// <summary>The IP address that was probed.</summary>
    public string? Ip { get; init; }

    /// <summary>Whether it is in use.</summary>
    public bool Enabled { get; init; }

    /// <summary>Whether it is healthy since then.</summary>
    public bool Healthy { get; init; }

    /// <summary>Whether that changed.</summary>
    public bool Changed { get; init; }

    /// <summary>"No failures", or why its last check failed.</summary>
    public string? FailureReason { get; init; }
}
