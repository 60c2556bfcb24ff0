using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace Tandem.Platform.Releases;

/// <summary>
/// A self-signed certificate for an Ingress whose TLS Secret exists in neither cluster, so that a new platform speaks TLS
/// from the start. It says what it is by a label; replace it by your own Secret of the same name.
/// </summary>
public static class DevelopmentCertificate
{
    /// <summary>The label of Secrets made here.</summary>
    public const string Label = "tandem.dev/development-certificate";

    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(365);

    /// <summary>A Secret of type kubernetes.io/tls for these hosts.</summary>
    public static JsonObject Secret(string @namespace, string name, IReadOnlyList<string> hosts, TimeProvider time)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={hosts[0]}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var host in hosts)
            names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        var now = time.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddMinutes(-5), now + Lifetime);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = @namespace, ["labels"] = new JsonObject { [Label] = "true" } },
            ["type"] = "kubernetes.io/tls",
            ["data"] = new JsonObject
            {
                ["tls.crt"] = Base64(certificate.ExportCertificatePem()), ["tls.key"] = Base64(key.ExportPkcs8PrivateKeyPem()),
            },
        };
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text + "\n"));
}
