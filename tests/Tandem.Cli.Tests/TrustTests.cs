using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.Cloudflare.Model;
using Tandem.Host;
using Tandem.LoadBalancer.Tests;

namespace Tandem.Cli.Tests;

/// <summary>
/// Certificates that checks meet. Whom a process trusts is decided when it starts, so this takes a load balancer that is a
/// process of its own, with an authority of its own in SSL_CERT_FILE.
/// </summary>
public sealed class TrustTests : IDisposable
{
    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();

    private readonly TemporaryFolder _folder = new();
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<CertificateRequest, ECDsa> _keys = [];
    private readonly CertificateRequest _authority;
    private readonly X509Certificate2 _root;

    public TrustTests()
    {
        _authority = Request("CN=tests");
        _authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _root = Own(_authority.CreateSelfSigned(Now.AddDays(-2), Now.AddDays(2)));
        File.WriteAllText(_folder.File("ca.pem"), _root.ExportCertificatePem());
    }

    public void Dispose()
    {
        _owned.ForEach(o => o.Dispose());
        _folder.Dispose();
    }

    [Theory]
    [InlineData("api.yourcompany.com", 1, true, "No failures")]
    [InlineData("other.yourcompany.com", 1, true, "TLS name mismatch")]
    [InlineData("api.yourcompany.com", -1, true, "TLS untrusted certificate")] // expired yesterday
    [InlineData("api.yourcompany.com", 1, false, "TLS untrusted certificate")] // an authority that nobody knows
    public async Task Check_OfACertificate_NamesItsFault(string name, int daysLeft, bool trusted, string reason)
    {
        using var balancer = await BalancerProcess.StartAsync(
            new StateFolder("demo", _folder.File("state")), trusted ? new Dictionary<string, string?> { ["SSL_CERT_FILE"] = _folder.File("ca.pem") } : null);
        var origin = Serve(Issue(name, Now.AddDays(daysLeft)));
        var header = new Dictionary<string, IReadOnlyList<string>> { ["Host"] = ["api.yourcompany.com"] };
        var monitor = await balancer.Client.Monitors(BalancerProcess.Account).CreateAsync(
            new CloudflareMonitor { Type = "https", Interval = 1, Timeout = 5, Retries = 0, Header = header });
        var pool = await balancer.Client.Pools(BalancerProcess.Account).CreateAsync(new CloudflarePool
        {
            Name = "p",
            Monitor = monitor.Id,
            Origins = [new CloudflareOrigin { Name = "o", Address = origin.Address.ToString(), Port = origin.Port }],
        });

        Assert.Equal(reason, await ReasonAsync(balancer, pool.Id!));
    }

    /// <summary>How the first check ended.</summary>
    private static async Task<string?> ReasonAsync(BalancerProcess balancer, string pool)
    {
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var health = await balancer.Client.PoolHealthAsync(BalancerProcess.Account, pool);
            var reason = health.PopHealth!.Single().Value.Origins!.Single().Single().Value.FailureReason;
            if (reason != "Not checked yet")
                return reason;
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(15), "the origin is not checked");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System);
        }
    }

    private X509Certificate2 Issue(string name, DateTimeOffset until)
    {
        var request = Request($"CN={name}");
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(_root, Now.AddDays(-2), until, RandomNumberGenerator.GetBytes(8));
        return Own(issued.CopyWithPrivateKey(_keys[request]));
    }

    private IPEndPoint Serve(X509Certificate2 certificate)
    {
        var listener = Own(new TcpListener(IPAddress.Parse("127.0.0.7"), 0));
        listener.Start();
        _ = AnswerAsync(listener, certificate);
        return (IPEndPoint)listener.LocalEndpoint;
    }

    private static async Task AnswerAsync(TcpListener listener, X509Certificate2 certificate)
    {
        while (true)
        {
            try
            {
                using var client = await listener.AcceptTcpClientAsync();
                await using var tls = new SslStream(client.GetStream());
                await tls.AuthenticateAsServerAsync(certificate);
                await tls.ReadAtLeastAsync(new byte[4096], 1);
                await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException)
            {
                // The check did not like the certificate.
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private CertificateRequest Request(string subject)
    {
        var key = Own(ECDsa.Create(ECCurve.NamedCurves.nistP256));
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        _keys[request] = key;
        return request;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
