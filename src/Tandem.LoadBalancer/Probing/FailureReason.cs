namespace Tandem.LoadBalancer.Probing;

/// <summary>Why a check failed, in Cloudflare's words.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/understand-basics/health-details/">Cloudflare: health details</see>.</remarks>
public static class FailureReason
{
    /// <summary>The check passed.</summary>
    public const string None = "No failures";

    /// <summary>The connection was refused.</summary>
    public const string ConnectionFailed = "TCP connection failed";

    /// <summary>No answer while connecting.</summary>
    public const string ConnectTimeout = "TCP Timeout";

    /// <summary>Connected, but no whole answer in time.</summary>
    public const string HttpTimeout = "HTTP timeout occurred";

    /// <summary>Another status than expected.</summary>
    public const string CodeMismatch = "Response code mismatch";

    /// <summary>The body lacks the expected text.</summary>
    public const string BodyMismatch = "Response body mismatch";

    /// <summary>The certificate is not signed by an authority that this machine trusts, or has expired.</summary>
    public const string UntrustedCertificate = "TLS untrusted certificate";

    /// <summary>The certificate is for another name.</summary>
    public const string NameMismatch = "TLS name mismatch";

    /// <summary>No way to the host.</summary>
    public const string NoRoute = "No route to host";

    /// <summary>No way to the network.</summary>
    public const string NetworkUnreachable = "Network Unreachable";

    /// <summary>The origin's host name, or one that a redirect led to, could not be resolved.</summary>
    public const string UnknownHost = "DNS Unknown Host";

    /// <summary>The other side cut the connection.</summary>
    public const string ConnectionReset = "Connection Reset by Peer";

    /// <summary>Anything else, such as an answer that is not HTTP.</summary>
    public const string Other = "Other Failure";

    /// <summary>Whether the reason may be this machine's own loss of its network.</summary>
    public static bool IsUnreachable(string reason) => reason is NoRoute or NetworkUnreachable;

    /// <summary>Whether the reason is a timeout, after which alone a probe is repeated.</summary>
    public static bool IsTimeout(string reason) => reason is ConnectTimeout or HttpTimeout;
}
