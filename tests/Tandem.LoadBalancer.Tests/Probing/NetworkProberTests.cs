using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Tandem.LoadBalancer.Probing;

namespace Tandem.LoadBalancer.Tests.Probing;

/// <summary>Real faults on loopback addresses.</summary>
public sealed class NetworkProberTests : IDisposable
{
    private static readonly IPAddress Address = IPAddress.Parse("127.0.0.4");
    private readonly List<IDisposable> _owned = [];
    private readonly NetworkProber _prober = new(TimeProvider.System);

    public void Dispose() => _owned.ForEach(o => o.Dispose());

    [Theory]
    [InlineData("200 OK", "200", FailureReason.None)]
    [InlineData("204 No Content", "2xx", FailureReason.None)]
    [InlineData("500 Oops", "", FailureReason.None)]
    [InlineData("500 Oops", "200,201", FailureReason.CodeMismatch)]
    [InlineData("301 Moved", "2xx", FailureReason.CodeMismatch)]
    public async Task ProbeAsync_Status_IsJudgedByTheExpectedCodes(string status, string expected, string reason)
    {
        var server = Serve($"HTTP/1.1 {status}\r\nLocation: /x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        Assert.True(ExpectedCodes.TryParse(expected, out var codes));

        var result = await ProbeAsync(Request(server.EndPoint) with { Codes = codes });

        Assert.Equal((reason, int.Parse(status[..3], null)), (result.Reason, result.ResponseCode));
    }

    [Theory]
    [InlineData("SERVING", FailureReason.None)]
    [InlineData("standby", FailureReason.BodyMismatch)]
    public async Task ProbeAsync_Body_IsSearchedWithoutRegardToCase(string expected, string reason)
    {
        var server = Serve("HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\nnow serving ok");

        Assert.Equal(reason, (await ProbeAsync(Request(server.EndPoint) with { Body = expected })).Reason);
    }

    [Fact]
    public async Task ProbeAsync_Request_CarriesHostHeadersAndPath()
    {
        var server = Serve();
        await ProbeAsync(Request(server.EndPoint) with
        {
            Path = "/health?deep=1",
            Host = "api.yourcompany.com",
            Headers = [KeyValuePair.Create("User-Agent", "probe/1 (x; y)"), KeyValuePair.Create("X-Test", "1")],
        });

        var lines = server.Requests.Single().Split("\r\n");
        Assert.Equal("GET /health?deep=1 HTTP/1.1", lines[0]);
        Assert.Contains("Host: api.yourcompany.com", lines);
        Assert.Contains("User-Agent: probe/1 (x; y)", lines);
        Assert.Contains("X-Test: 1", lines);
        Assert.Contains("Connection: close", lines);
        Assert.DoesNotContain(lines, l => l.StartsWith("traceparent", StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task ProbeAsync_Redirect_IsFollowedOnlyWhereAsked()
    {
        var target = Serve();
        var server = Serve($"HTTP/1.1 302 Found\r\nLocation: http://{target.EndPoint}/there\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(302, (await ProbeAsync(Request(server.EndPoint))).ResponseCode);
        Assert.Equal(200, (await ProbeAsync(Request(server.EndPoint) with { FollowRedirects = true })).ResponseCode);
        Assert.StartsWith("GET /there ", target.Requests.Single(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task ProbeAsync_RedirectToAnUnknownName_IsUnknownHost()
    {
        var server = Serve("HTTP/1.1 302 Found\r\nLocation: http://no-such-host.invalid/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

        Assert.Equal(FailureReason.UnknownHost, (await ProbeAsync(Request(server.EndPoint) with { FollowRedirects = true })).Reason);
    }

    [Theory]
    [InlineData(ProbeKind.Http)]
    [InlineData(ProbeKind.Https)]
    [InlineData(ProbeKind.Tcp)]
    public async Task ProbeAsync_HostNameThatIsUnknown_IsUnknownHostWithoutAddresses(ProbeKind kind)
    {
        var result = await ProbeAsync(Request(new IPEndPoint(Address, 80)) with { Kind = kind, EndPoint = new DnsEndPoint("no-such-host.invalid", 80) });

        Assert.Equal(FailureReason.UnknownHost, result.Reason);
        Assert.Null(result.Addresses);
    }

    [Fact]
    public async Task ProbeAsync_HostName_TellsItsAddresses()
    {
        using var server = new TinyServer(IPAddress.Loopback).Start();

        var result = await ProbeAsync(Request(server.EndPoint) with { EndPoint = new DnsEndPoint("localhost", server.EndPoint.Port) });

        Assert.True(result.Passed);
        Assert.Contains(IPAddress.Loopback, result.Addresses!);
    }

    [Theory]
    [InlineData(ProbeKind.Http)]
    [InlineData(ProbeKind.Tcp)]
    public async Task ProbeAsync_NobodyListens_IsConnectionFailed(ProbeKind kind)
    {
        var server = Serve();
        server.Stop();

        Assert.Equal(FailureReason.ConnectionFailed, (await ProbeAsync(Request(server.EndPoint) with { Kind = kind })).Reason);
    }

    [Fact]
    public async Task ProbeAsync_TcpOnly_PassesWhenConnected() =>
        Assert.True((await ProbeAsync(Request(Serve().EndPoint) with { Kind = ProbeKind.Tcp })).Passed);

    [Fact]
    public async Task ProbeAsync_FullBacklog_IsTcpTimeoutAfterTheConnectTimeout()
    {
        // Nobody accepts and the queue is full: the kernel drops further SYNs, as a dead link does.
        var listener = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp));
        listener.Bind(new IPEndPoint(Address, 0));
        listener.Listen(0);
        var endPoint = (IPEndPoint)listener.LocalEndPoint!;
        for (var i = 0; i < 4; i++)
            _ = Own(new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp)).ConnectAsync(endPoint);

        var result = await _prober.ProbeAsync(Request(endPoint), TimeSpan.FromMilliseconds(200), CancellationToken.None);

        Assert.Equal(FailureReason.ConnectTimeout, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 0.19, 0.9);
    }

    [Fact]
    public async Task ProbeAsync_ServerNeverAnswers_IsHttpTimeoutAfterTheWholeTimeout()
    {
        var listener = Own(new TcpListener(Address, 0));
        listener.Start();

        var result = await _prober.ProbeAsync(
            Request((IPEndPoint)listener.LocalEndpoint) with { Timeout = TimeSpan.FromMilliseconds(300) }, TimeSpan.FromMilliseconds(100), CancellationToken.None);

        Assert.Equal(FailureReason.HttpTimeout, result.Reason);
        Assert.InRange(result.Duration.TotalSeconds, 0.29, 30);
    }

    [Theory]
    [InlineData(true, FailureReason.ConnectionReset)]
    [InlineData(false, FailureReason.ConnectionReset)]
    public async Task ProbeAsync_ConnectionCut_IsConnectionReset(bool hard, string reason)
    {
        var listener = Own(new TcpListener(Address, 0));
        listener.Start();
        var accepted = Task.Run(async () =>
        {
            var client = await listener.AcceptSocketAsync();
            await client.ReceiveAsync(new byte[4096]);
            client.LingerState = new LingerOption(hard, 0);
            client.Dispose();
        });

        Assert.Equal(reason, (await ProbeAsync(Request((IPEndPoint)listener.LocalEndpoint))).Reason);
        await accepted;
    }

    [Fact]
    public async Task ProbeAsync_NotHttp_IsOtherFailure() =>
        Assert.Equal(FailureReason.Other, (await ProbeAsync(Request(Serve("SSH-2.0-OpenSSH\r\n\r\n").EndPoint))).Reason);

    [Theory]
    [InlineData(false, FailureReason.UntrustedCertificate)]
    [InlineData(true, FailureReason.None)]
    public async Task ProbeAsync_SelfSignedCertificate_PassesOnlyWhereAllowed(bool allow, string reason)
    {
        string? asked = null;
        var endPoint = ServeTls(name => asked = name);
        var result = await ProbeAsync(Request(endPoint) with { Kind = ProbeKind.Https, Host = "api.yourcompany.com", AllowInsecure = allow });

        Assert.Equal(reason, result.Reason);
        Assert.Equal("api.yourcompany.com", asked);
    }

    [Fact]
    public async Task ProbeAsync_Cancelled_Throws()
    {
        var listener = Own(new TcpListener(Address, 0));
        listener.Start();
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => _prober.ProbeAsync(Request((IPEndPoint)listener.LocalEndpoint), TimeSpan.FromSeconds(1), cancelled.Token));
    }

    private Task<ProbeResult> ProbeAsync(ProbeRequest request) => _prober.ProbeAsync(request, request.Timeout, CancellationToken.None);

    private static ProbeRequest Request(IPEndPoint endPoint) => new()
    {
        Kind = ProbeKind.Http,
        EndPoint = endPoint,
        Timeout = TimeSpan.FromSeconds(5),
        Host = endPoint.Address.ToString(),
    };

    private TinyServer Serve(string? answer = null) =>
        Own(answer is null ? new TinyServer(Address) : new TinyServer(Address, answer)).Start();

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }

    private IPEndPoint ServeTls(Action<string?> asked)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=api.yourcompany.com", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("api.yourcompany.com");
        request.CertificateExtensions.Add(names.Build());
        var now = TimeProvider.System.GetUtcNow();
        var certificate = Own(request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1)));
        var listener = Own(new TcpListener(Address, 0));
        listener.Start();
        _ = Task.Run(async () =>
        {
            using var client = await listener.AcceptTcpClientAsync();
            await using var tls = new SslStream(client.GetStream());
            await tls.AuthenticateAsServerAsync((_, hello, _, _) =>
            {
                asked(hello.ServerName);
                return ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            }, null);
            await tls.ReadAtLeastAsync(new byte[4096], 1);
            await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"));
        });
        return (IPEndPoint)listener.LocalEndpoint;
    }
}
