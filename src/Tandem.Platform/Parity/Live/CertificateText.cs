using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tandem.Platform.Parity.Live;

/// <summary>The certificate of a TLS Secret.</summary>
internal static class CertificateText
{
    /// <param name="base64">The Secret's tls.crt.</param>
    /// <returns>The first certificate in it; without an end where it cannot be read.</returns>
    public static LiveCertificate Read(string? base64)
    {
        try
        {
            using var certificate = X509Certificate2.CreateFromPem(Encoding.UTF8.GetString(Convert.FromBase64String(base64 ?? "")));
            var names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
            return new LiveCertificate(certificate.NotAfter.ToUniversalTime(), [.. names]);
        }
        catch (Exception e) when (e is CryptographicException or FormatException)
        {
            return new LiveCertificate(null, []);
        }
    }
}
