namespace Tandem.Cloudflare.Model;

/// <summary>What every answer is wrapped in.</summary>
/// <remarks><see href="https://developers.cloudflare.com/fundamentals/api/how-to/make-api-calls/">Cloudflare: API calls</see>.</remarks>
/// <typeparam name="T">What was asked for.</typeparam>
public sealed record CloudflareEnvelope<T>
{
    /// <summary>Whether the request was done.</summary>
    public bool Success { get; init; }

    /// <summary>Why it was not.</summary>
    public IReadOnlyList<CloudflareError> Errors { get; init; } = [];

    /// <summary>Notes.</summary>
    public IReadOnlyList<CloudflareError> Messages { get; init; } = [];

    /// <summary>What was asked for; null after an error.</summary>
    public T? Result { get; init; }

    /// <summary>Where a list stands among all pages.</summary>
    public CloudflareResultInfo? ResultInfo { get; init; }
}

/// <summary>One error or note.</summary>
public sealed record CloudflareError
{
    /// <summary>A number from 1000 on; each API has its own.</summary>
    public int Code { get; init; }

    /// <summary>What is wrong, in English.</summary>
    public string? Message { get; init; }

    /// <summary>The page that explains it.</summary>
    public string? DocumentationUrl { get; init; }

    /// <summary>The part of the request that is wrong.</summary>
    public CloudflareErrorSource? Source { get; init; }
}

/// <summary>A part of a request.</summary>
public sealed record CloudflareErrorSource
{
    /// <summary>A JSON pointer, RFC 6901.</summary>
    public string? Pointer { get; init; }
}

/// <summary>Where a list stands among all pages.</summary>
public sealed record CloudflareResultInfo
{
    /// <summary>This page, from 1.</summary>
    public int Page { get; init; }

    /// <summary>The size of a full page.</summary>
    public int PerPage { get; init; }

    /// <summary>Objects on this page.</summary>
    public int Count { get; init; }

    /// <summary>Objects on all pages.</summary>
    public int TotalCount { get; init; }

    /// <summary>How many pages there are.</summary>
    public int TotalPages { get; init; }
}

/// <summary>An identifier alone: what DELETE answers.</summary>
public sealed record CloudflareId
{
    /// <summary>The identifier.</summary>
    public string? Id { get; init; }
}

/// <summary>An object that refers to another.</summary>
/// <remarks><see href="https://developers.cloudflare.com/api/resources/load_balancers/subresources/pools/subresources/references/">Cloudflare: references</see>.</remarks>
public sealed record CloudflareReference
{
    /// <summary>referral for an object that refers to the one asked about, referrer for one that it refers to.</summary>
    public string? ReferenceType { get; init; }

    /// <summary>The identifier of the other object.</summary>
    public string? ResourceId { get; init; }

    /// <summary>The name of the other object.</summary>
    public string? ResourceName { get; init; }

    /// <summary>pool, load_balancer, monitor or monitor_group.</summary>
    public string? ResourceType { get; init; }

    /// <summary>In a search that asks for them, the references of what was found.</summary>
    public IReadOnlyList<CloudflareReference>? References { get; init; }
}
