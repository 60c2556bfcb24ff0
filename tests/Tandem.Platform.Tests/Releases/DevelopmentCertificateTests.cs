using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tandem.Platform.Releases;

namespace Tandem.Platform.Tests.Releases;

public sealed class DevelopmentCertificateTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Secret_ForHosts_HasACertificateThatClientsTrustForThemOnly()
    {
        var secret = DevelopmentCertificate.Secret("shop", "tls", ["api.example.com", "www.example.com"], new FakeTimeProvider(Now));

        Assert.Equal("kubernetes.io/tls", (string?)secret["type"]);
        Assert.Equal(("shop", "tls", "true"), ((string?)secret["metadata"]!["namespace"], (string?)secret["metadata"]!["name"], (string?)secret["metadata"]!["labels"]![DevelopmentCertificate.Label]));
        using var certificate = X509Certificate2.CreateFromPem(Text("tls.crt"), Text("tls.key"));
        Assert.True(certificate.HasPrivateKey);
        Assert.True(certificate.MatchesHostname("api.example.com"));
        Assert.True(certificate.MatchesHostname("www.example.com"));
        Assert.False(certificate.MatchesHostname("example.com"));
        Assert.Equal((Now.AddMinutes(-5), Now.AddDays(365)), (new DateTimeOffset(certificate.NotBefore), new DateTimeOffset(certificate.NotAfter)));

        using var chain = new X509Chain { ChainPolicy = { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck, VerificationTime = Now.UtcDateTime } };
        chain.ChainPolicy.CustomTrustStore.Add(certificate);
        Assert.True(chain.Build(certificate), string.Join(", ", chain.ChainStatus.Select(s => s.StatusInformation)));

        string Text(string key) => Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]![key]!));
    }
}
