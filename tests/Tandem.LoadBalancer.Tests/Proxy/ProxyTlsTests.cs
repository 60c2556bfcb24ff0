using System.Net;
using System.Net.Http.Json;
using System.Net.Security;
using System.Text.Json;
using Tandem.LoadBalancer.Proxy;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>TLS on both sides of the proxy.</summary>
public sealed class ProxyTlsTests : ProxyFixture
{
    [Fact]
    public async Task Https_CertificateReplaced_IsShownAndHttp2Spoken()
    {
        TestCertificate.Write(Folder, "tls", "first");
        await using var balancer = await StartAsync(b => b, new ProxyOptions
        {
            Https = [new IPEndPoint(IPAddress.Loopback, 0)],
            Certificates = [new CertificateFiles(Folder.File("tls.crt"), Folder.File("tls.key"))],
        });
        Assert.Equal("CN=first", await SubjectAsync());

        TestCertificate.Write(Folder, "tls", "second");

        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10), TimeProvider.System);
        while (await SubjectAsync() != "CN=second")
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, patience.Token);

        async Task<string> SubjectAsync()
        {
            var subject = "";
            using var client = new ProxyClient(balancer.Addresses.ProxyHttps[0], () => new SslClientAuthenticationOptions
            {
                RemoteCertificateValidationCallback = (_, certificate, _, _) => (subject = certificate!.Subject).Length > 0,
            });
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
            using var response = await client.Http.SendAsync(request);
            var headers = (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("headers");
            Assert.Equal("https", headers.GetProperty("x-forwarded-proto").GetString());
            return subject;
        }
    }

    [Theory]
    [InlineData(true, RunningBalancer.Host, 200)]
    [InlineData(false, RunningBalancer.Host, 526)]
    [InlineData(true, "other.yourcompany.com", 526)]
    public async Task Request_OriginSpeaksTls_IsVerifiedByTheHostname(bool trusted, string name, int status)
    {
        TestCertificate.Write(Folder, "origin", name);
        TestCertificate.Write(Folder, "stranger", name);
        using var origin = await OriginProcess.StartTlsAsync("tls", IPAddress.Parse("127.0.0.2"), Folder.File("origin.crt"), Folder.File("origin.key"));
        await using var balancer = await RunningBalancer.StartAsync(RunningBalancer.Options(Folder) with
        {
            Proxy = new ProxyOptions
            {
                Http = [new IPEndPoint(IPAddress.Loopback, 0)],
                TrustedCertificates = Folder.File(trusted ? "origin.crt" : "stranger.crt"),
            },
        });
        await balancer.ConfigureAsync(
            Monitor with { Type = "https", AllowInsecure = true }, b => b with { Proxied = true }, origin.EndPoint, Standby.EndPoint);
        Assert.Equal(["127.0.0.1"], await balancer.ResolveAsync());
        using var client = new ProxyClient(balancer.Addresses.ProxyHttp[0]);

        using var response = await client.Http.GetAsync("/");

        Assert.Equal(status, (int)response.StatusCode);
    }
}
