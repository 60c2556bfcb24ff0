using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>A certificate that signs itself, in two files.</summary>
internal static class TestCertificate
{
    /// <summary>Writes FILE.crt and FILE.key for a name.</summary>
    public static void Write(TemporaryFolder folder, string file, string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
        File.WriteAllText(folder.File($"{file}.crt"), certificate.ExportCertificatePem());
        File.WriteAllText(folder.File($"{file}.key"), key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder.File($"{file}.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }
}
