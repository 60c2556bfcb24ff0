using Microsoft.Extensions.Time.Testing;
using Tandem.Kubernetes.Api.Pki;

namespace Tandem.Kubernetes.Tests.Api.Pki;

public sealed class CertificateAuthorityTests
{
    [Fact]
    public void IsTrusted_IssuedBeforeTheClockWasSetBackAnHour_IsTrusted()
    {
        var folder = Directory.CreateTempSubdirectory("tandem-pki-").FullName;

        // The chain is checked by the machine's clock, so the one that issued went before it.
        var authority = CertificateAuthority.LoadOrCreate(folder, "test", new FakeTimeProvider(TimeProvider.System.GetUtcNow().AddHours(1)));
        using var certificate = authority.IssueClient("user");

        Assert.True(authority.IsTrusted(certificate));
        Directory.Delete(folder, recursive: true);
    }
}
