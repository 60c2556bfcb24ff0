using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>
/// Reads a TLS secret and writes it anew, so that nginx gets only what was understood. One secret that nginx refuses would
/// keep all of its configuration from being loaded; therefore what OpenSSL calls too weak is found out here.
/// </summary>
internal static class CertificateReader
{
    private const int SmallestRsaKey = 2048; // OpenSSL's security level 2, Debian's default
    private const string RsaOid = "1.2.840.113549.1.1.1";
    private const string EllipticOid = "1.2.840.10045.2.1";

    // md5, sha1 with RSA; sha1 with ECDSA
    private static readonly string[] WeakSignatures = ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.2.840.10045.4.1"];

    public static (Certificate? Certificate, string? Problem) Read(V1Secret secret)
    {
        if (Text(secret, "tls.crt") is not { } chain || Text(secret, "tls.key") is not { } key)
            return (null, "tls.crt or tls.key is missing");
        try
        {
            using var leaf = X509Certificate2.CreateFromPem(chain, key); // throws where they do not belong together
            var certificates = new X509Certificate2Collection();
            certificates.ImportFromPem(chain);
            if (certificates.Select(Weakness).FirstOrDefault(w => w is not null) is { } weakness)
                return (null, weakness);

            var pem = string.Concat(certificates.Select(c => c.ExportCertificatePem() + "\n")) + PrivateKeyPem(leaf) + "\n";
            return (new Certificate(Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(pem))), pem), null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            return (null, e.Message);
        }
    }

    private static string? Weakness(X509Certificate2 certificate)
    {
        if (WeakSignatures.Contains(certificate.SignatureAlgorithm.Value))
            return $"it is signed with {certificate.SignatureAlgorithm.FriendlyName}, which TLS no longer accepts";
        using var rsa = certificate.GetRSAPublicKey();
        return rsa is not null && rsa.KeySize < SmallestRsaKey ? $"its RSA key has {rsa.KeySize} bits, {SmallestRsaKey} are needed" : null;
    }

    private static string PrivateKeyPem(X509Certificate2 leaf)
    {
        using AsymmetricAlgorithm? key = leaf.PublicKey.Oid.Value switch
        {
            RsaOid => leaf.GetRSAPrivateKey(),
            EllipticOid => leaf.GetECDsaPrivateKey(),
            _ => null,
        };
        return key?.ExportPkcs8PrivateKeyPem() ?? throw new CryptographicException("only RSA and elliptic curve keys are supported");
    }

    private static string? Text(V1Secret secret, string name) =>
        secret.Data?.TryGetValue(name, out var bytes) == true && bytes is { Length: > 0 } ? Encoding.UTF8.GetString(bytes) : null;
}
