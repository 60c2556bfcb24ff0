using System.Net;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Where the proxy listens, whom it trusts and how patient it is.</summary>
public sealed record ProxyOptions
{
    /// <summary>Where HTTP is served; port 0 takes any free one. DNS answers with the addresses of both lists.</summary>
    public IReadOnlyList<IPEndPoint> Http { get; init; } = [];

    /// <summary>Where HTTPS is served; needs a certificate.</summary>
    public IReadOnlyList<IPEndPoint> Https { get; init; } = [];

    /// <summary>What DNS answers for a proxied name.</summary>
    public IReadOnlyList<IPAddress> Addresses => [.. Http.Concat(Https).Select(e => e.Address).Distinct()];

    /// <summary>The certificates, chosen by the name that the client asks for; the first where none fits.</summary>
    public IReadOnlyList<CertificateFiles> Certificates { get; init; } = [];

    /// <summary>PEM file of the authorities, or the very certificates, that origins are trusted by; null for the system's.</summary>
    public string? TrustedCertificates { get; init; }

    /// <summary>Whether origins' certificates are verified, as Cloudflare's "Full (strict)" does; "Full" does not.</summary>
    public bool VerifyOrigins { get; init; } = true;

    /// <summary>How long a connection to an origin may take where nothing else can serve.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long it may take while the pool is suspect, or where another origin can serve.</summary>
    public TimeSpan ShortConnectTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a response the origin is checked; if it is in doubt then, the request is tried elsewhere.</summary>
    public TimeSpan SlowAfter { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>How long an exchange may stand still before it is ended.</summary>
    public TimeSpan ActivityTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Connections of clients, at least 1; more are closed at once.</summary>
    public int MaxConnections { get; init; } = 10_000;

    /// <exception cref="ArgumentException">It cannot work so; the message says why.</exception>
    internal void Check()
    {
        if (Http.Count + Https.Count == 0)
            throw new ArgumentException("The proxy needs at least one address to be served on.");
        if (Addresses.Any(a => a.Equals(IPAddress.Any) || a.Equals(IPAddress.IPv6Any)))
            throw new ArgumentException("The proxy's addresses are what DNS answers: they cannot be any address.");
        if (Https.Count > 0 && Certificates.Count == 0)
            throw new ArgumentException("The proxy needs a certificate to serve HTTPS.");
        if (ConnectTimeout <= TimeSpan.Zero || ShortConnectTimeout <= TimeSpan.Zero || SlowAfter <= TimeSpan.Zero || ActivityTimeout <= TimeSpan.Zero)
            throw new ArgumentException("The proxy's times must be longer than nothing.");
        if (MaxConnections < 1)
            throw new ArgumentException("The proxy needs at least one connection.");
    }
}

/// <summary>A certificate in PEM files. They are read again when they are replaced.</summary>
/// <param name="Certificate">The certificate, and after it those that lead to its authority.</param>
/// <param name="Key">Its private key, which nobody but its owner may read.</param>
public sealed record CertificateFiles(string Certificate, string Key);
