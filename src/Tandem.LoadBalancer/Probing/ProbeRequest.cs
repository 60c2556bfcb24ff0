using System.Net;

namespace Tandem.LoadBalancer.Probing;

/// <summary>The protocol of a probe.</summary>
public enum ProbeKind
{
    /// <summary>Connecting is all.</summary>
    Tcp,

    /// <summary>A request in the clear.</summary>
    Http,

    /// <summary>A request over TLS.</summary>
    Https,
}

/// <summary>One probe, with every default filled in.</summary>
public sealed record ProbeRequest
{
    /// <summary>The protocol.</summary>
    public required ProbeKind Kind { get; init; }

    /// <summary>The origin's address or host name, and port. A name is resolved anew by each probe.</summary>
    public required EndPoint EndPoint { get; init; }

    /// <summary>How long the probe may take in all.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>The HTTP method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The path and query.</summary>
    public string Path { get; init; } = "/";

    /// <summary>The Host header and the name asked for by TLS: the origin's own, else the monitor's, else the address.</summary>
    public string Host { get; init; } = "";

    /// <summary>Further headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>The status codes that pass.</summary>
    public ExpectedCodes Codes { get; init; } = ExpectedCodes.Any;

    /// <summary>Text that the first 10 KB of the body must contain, without regard to case; empty for any.</summary>
    public string Body { get; init; } = "";

    /// <summary>Whether redirects are followed, up to five.</summary>
    public bool FollowRedirects { get; init; }

    /// <summary>Whether any certificate will do.</summary>
    public bool AllowInsecure { get; init; }
}

/// <summary>How a probe ended.</summary>
/// <param name="Reason">A word of <see cref="FailureReason"/>.</param>
/// <param name="ResponseCode">The HTTP status; 0 where there was none.</param>
/// <param name="Duration">How long it took.</param>
public sealed record ProbeResult(string Reason, int ResponseCode, TimeSpan Duration)
{
    /// <summary>Whether it passed.</summary>
    public bool Passed => Reason == FailureReason.None;

    /// <summary>The addresses that the origin's host name has; null where it has none, or could not be resolved.</summary>
    public IReadOnlyList<IPAddress>? Addresses { get; init; }
}
