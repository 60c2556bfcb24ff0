using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using k8s.Models;
using Tandem.Ingress.Nginx;
using Tandem.Ingress.Translation;

namespace Tandem.Ingress.Tests.Nginx;

/// <summary>Configurations of Ingress objects in the real nginx.</summary>
public sealed class RealNginxTests : IAsyncLifetime
{
    private readonly Backend _web = new("web");
    private readonly Backend _whoami = new("whoami");
    private RunningNginx _nginx = null!;

    public async Task InitializeAsync() => _nginx = await RunningNginx.StartAsync(Configuration());

    public async Task DisposeAsync()
    {
        await _nginx.DisposeAsync();
        await _web.DisposeAsync();
        await _whoami.DisposeAsync();
    }

    [Theory]
    [InlineData("http://plain.example/", "web")]
    [InlineData("http://plain.example/whoami", "whoami")]
    [InlineData("http://plain.example/whoami/x?y=1", "whoami")]
    [InlineData("http://plain.example/whoamix", "web")]
    [InlineData("http://plain.example/health", "web")]
    [InlineData("http://a.wild.example/", "whoami")]
    [InlineData("https://tls.example/", "web")]
    public async Task Request_ToAKnownHost_ReachesItsBackend(string url, string backend)
    {
        using var client = _nginx.Client();

        Assert.StartsWith(backend + "\n", await client.GetStringAsync(url));
    }

    [Theory]
    [InlineData("http://unknown.example/", HttpStatusCode.NotFound)]
    [InlineData("http://a.b.wild.example/", HttpStatusCode.NotFound)]
    [InlineData("http://part.example/elsewhere", HttpStatusCode.NotFound)]
    [InlineData("http://part.example/empty", HttpStatusCode.ServiceUnavailable)]
    [InlineData("http://127.0.0.1/health", HttpStatusCode.OK)]
    [InlineData("https://127.0.0.1/health", HttpStatusCode.OK)]
    [InlineData("http://unknown.example/health", HttpStatusCode.OK)]
    [InlineData("http://part.example/health", HttpStatusCode.OK)]
    [InlineData("http://part.example/exact", HttpStatusCode.NotFound)]
    [InlineData("http://part.example/exact/", HttpStatusCode.OK)]
    [InlineData("http://tls.example/x?y", HttpStatusCode.PermanentRedirect)]
    public async Task Request_OfAnyKind_HasItsStatus(string url, HttpStatusCode status)
    {
        using var client = _nginx.Client();

        using var response = await client.GetAsync(url);

        Assert.Equal(status, response.StatusCode);
        if (status == HttpStatusCode.PermanentRedirect)
            Assert.Equal("https://tls.example/x?y", response.Headers.Location!.OriginalString);
    }

    [Fact]
    public async Task Request_WithSpoofedHeaders_ReachesTheBackendWithTrueOnes()
    {
        using var client = _nginx.Client();
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://tls.example/path");
        request.Headers.Add("X-Forwarded-For", "203.0.113.7");
        request.Headers.Add("X-Request-ID", "order-66");

        using var response = await client.SendAsync(request);
        var seen = (await response.Content.ReadAsStringAsync()).Split('\n');

        Assert.Contains("GET /path HTTP/1.1", seen);
        string[] headers = ["Host: tls.example", "X-Forwarded-For: 127.0.0.1", "X-Real-IP: 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Port: 443",
            "X-Forwarded-Host: tls.example", "X-Request-ID: order-66"];
        Assert.All(headers, h => Assert.Contains(h, seen));
    }

    [Fact]
    public async Task Handshake_WithServerName_ShowsThatHostsCertificate()
    {
        var subjects = new List<string>();
        using var client = _nginx.Client(c => subjects.Add(c.Subject));
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://tls.example/") { Version = HttpVersion.Version20 };

        using var response = await client.SendAsync(request);
        using var other = await client.GetAsync("https://unknown.example/");

        Assert.Equal(HttpVersion.Version20, response.Version);
        Assert.Equal(["CN=tls.example", "CN=Tandem ingress default certificate"], subjects);
    }

    [Fact]
    public async Task LoadAsync_UnderLoad_FailsNoRequest()
    {
        using var stop = new CancellationTokenSource();
        var clients = Enumerable.Range(0, 4).Select(i => Task.Run(() => CountAsync(keepAlive: i % 2 == 0, stop.Token))).ToArray();

        for (var i = 0; i < 25; i++)
            await _nginx.LoadAsync(Configuration(extraHosts: i + 1));
        await stop.CancelAsync();
        var results = await Task.WhenAll(clients);

        var failures = results.SelectMany(r => r.Failures).ToList();
        Assert.True(failures.Count == 0, string.Join('\n', failures));
        Assert.All(results, r => Assert.InRange(r.Successes, 25, int.MaxValue));
    }

    [Fact]
    public async Task LoadAsync_ConfigurationThatNginxRefuses_KeepsTheOldOne()
    {
        var good = Configuration();
        var broken = good with { Upstreams = [new Upstream("a.b.1", ["not an address at all"])] };
        using var client = _nginx.Client();

        await Assert.ThrowsAsync<ConfigurationRefusedException>(() => _nginx.LoadAsync(broken));

        Assert.StartsWith("web\n", await client.GetStringAsync("http://plain.example/"));
        await _nginx.LoadAsync(Configuration(extraHosts: 1));
        Assert.StartsWith("web\n", await client.GetStringAsync("http://extra0.example/"));
    }

    [Fact]
    public async Task LoadAsync_NothingReady_HealthSaysSo()
    {
        await _nginx.LoadAsync(IngressConfiguration.From(Objects.Snapshot(
            [Objects.Class, Objects.Service("web"), Objects.Endpoints("web"), Objects.Ingress("i", "plain.example", "web")])));
        using var client = _nginx.Client();

        using var response = await client.GetAsync("http://127.0.0.1/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, response.StatusCode);
    }

    [Fact]
    public async Task RunAsync_MasterKilled_ServesAgainWithNewWorkersOnly()
    {
        var old = Leftovers.Find(_nginx.Folder.Path);

        Signals.Send(_nginx.Folder.Process.Pid, Signals.Kill);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (Leftovers.Find(_nginx.Folder.Path) is var now && (now.Count < old.Count || now.Intersect(old).Any()))
            limit.Token.ThrowIfCancellationRequested();
        await _nginx.ServesAsync();

        using var client = _nginx.Client();
        Assert.StartsWith("web\n", await client.GetStringAsync("http://plain.example/"));
    }

    [Fact]
    public async Task Request_OnePodOfTwoIsDead_IsAnsweredByTheOther()
    {
        var dead = NginxFolder.FreePort();
        await _nginx.LoadAsync(Configuration() with
        {
            Upstreams = [new Upstream("shop.web.80", [$"127.0.0.1:{dead}", $"127.0.0.1:{_web.Port}"]), .. Configuration().Upstreams.Where(u => u.Name != "shop.web.80")],
        });
        using var client = _nginx.Client();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.PostAsync("http://plain.example/", new StringContent(""));
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }
    }

    // A worker that ends closes its idle connections, and resets one on which a request is just arriving: such a request was not
    // begun, and a client that kept a connection sends it again (RFC 9112, 9.3.1). On a connection of its own none may fail.
    private async Task<(int Successes, List<string> Failures)> CountAsync(bool keepAlive, CancellationToken stop)
    {
        using var client = _nginx.Client();
        client.DefaultRequestHeaders.ConnectionClose = !keepAlive;
        var (successes, failures) = (0, new List<string>());
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            try
            {
                var url = i % 2 == 0 ? "http://plain.example/whoami" : "https://tls.example/";
                string text;
                try
                {
                    text = await client.GetStringAsync(url, CancellationToken.None);
                }
                catch (HttpRequestException e) when (keepAlive && e.InnerException?.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionReset })
                {
                    text = await client.GetStringAsync(url, CancellationToken.None);
                }

                successes += text.StartsWith(i % 2 == 0 ? "whoami" : "web", StringComparison.Ordinal) ? 1 : 0;
            }
            catch (HttpRequestException e)
            {
                failures.Add(e.ToString());
            }
        }

        return (successes, failures);
    }

    private IngressConfiguration Configuration(int extraHosts = 0) => IngressConfiguration.From(Objects.Snapshot(
    [
        Objects.Class,
        Objects.Service("web"), Objects.Endpoints("web", _web.Port),
        Objects.Service("whoami"), Objects.Endpoints("whoami", _whoami.Port),
        Objects.Service("empty"), Objects.Endpoints("empty"),
        Objects.Ingress("a", "plain.example", "web"), Objects.Ingress("b", "plain.example", "whoami", "/whoami"),
        Objects.Ingress("c", "*.wild.example", "whoami"),
        Objects.Ingress("d", "part.example", "empty", "/empty"), Objects.Ingress("e", "part.example", "web", "/exact/", "Exact"),
        Objects.Ingress("f", "tls.example", "web", tlsSecret: "tls"), Secret,
        .. Enumerable.Range(0, extraHosts).Select(i => Objects.Ingress($"x{i}", $"extra{i}.example", "web")),
    ]));

    private static V1Secret Secret { get; } = CreateSecret();

    private static V1Secret CreateSecret()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=tls.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return new V1Secret
        {
            Metadata = new V1ObjectMeta { Name = "tls", NamespaceProperty = "shop" },
            Type = "kubernetes.io/tls",
            Data = new Dictionary<string, byte[]>
            {
                ["tls.crt"] = Encoding.ASCII.GetBytes(certificate.ExportCertificatePem()),
                ["tls.key"] = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem()),
            },
        };
    }
}
