using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Which certificates of origins are believed. The file is read again when it is replaced.</summary>
internal sealed class OriginTrust(ProxyOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private X509Certificate2Collection _trusted = [];
    private DateTime _stamp;

    /// <summary>Whether a certificate is the hostname's, and one of the trusted ones or signed by one.</summary>
    public bool Trusts(X509Certificate2 certificate, X509Chain? sent, SslPolicyErrors errors)
    {
        if (!options.VerifyOrigins)
            return true;
        if (options.TrustedCertificates is not { } file)
            return errors == SslPolicyErrors.None;
        return (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None && Trusts(certificate, sent, Read(file));
    }

    private bool Trusts(X509Certificate2 certificate, X509Chain? sent, X509Certificate2Collection trusted)
    {
        // One that somebody else has signed is no root of a chain, but trusted all the same if it is named itself.
        var now = time.GetUtcNow().LocalDateTime;
        if (trusted.Any(t => t.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span)))
            return certificate.NotBefore <= now && now <= certificate.NotAfter;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        foreach (var element in sent?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        return chain.Build(certificate);
    }

    /// <summary>What the file holds; nothing where it cannot be read, so that nobody is trusted.</summary>
    private X509Certificate2Collection Read(string file)
    {
        lock (_gate)
        {
            var stamp = File.GetLastWriteTimeUtc(file);
            if (stamp == _stamp)
                return _trusted;
            var read = new X509Certificate2Collection();
            try
            {
                read.ImportFromPemFile(file);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
            {
                throw new OriginConnectionException(OriginFailure.Certificate, e);
            }

            (_trusted, _stamp) = (read, stamp);
            return _trusted;
        }
    }
}
