using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Connections to origins: HTTP/1.1, kept open between requests, and nothing that a proxy must not add.</summary>
internal sealed class OriginTransport(ProxyOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Where the connection for a request goes, and how long it may take.</summary>
    public static readonly HttpRequestOptionsKey<OriginConnection> Connection = new("tandem.connection");

    public HttpMessageInvoker Invoker { get; } = new(Handler(options, time));

    public void Dispose() => Invoker.Dispose();

    private static SocketsHttpHandler Handler(ProxyOptions options, TimeProvider time) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        ActivityHeadersPropagator = null,
        PooledConnectionIdleTimeout = TimeSpan.FromSeconds(30),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        ConnectTimeout = Timeout.InfiniteTimeSpan,
        ConnectCallback = (context, cancellationToken) => ConnectAsync(context.InitialRequestMessage, time, cancellationToken),
        SslOptions = Tls(new OriginTrust(options, time)),
    };

    private static async ValueTask<Stream> ConnectAsync(HttpRequestMessage request, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!request.Options.TryGetValue(Connection, out var wanted))
            throw new InvalidOperationException("A request without an origin.");
        if (wanted.Origin.Addresses.Count == 0)
            throw new OriginConnectionException(OriginFailure.Unreachable);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        using var late = new CancellationTokenSource(wanted.Within, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        wanted.IsConnecting = true;
        try
        {
            await socket.ConnectAsync([.. wanted.Origin.Addresses], request.RequestUri!.Port, either.Token);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (Exception e)
        {
            socket.Dispose();
            if (e is SocketException refused)
                throw new OriginConnectionException(OriginFailures.Of(refused.SocketErrorCode), e);
            if (e is OperationCanceledException && !cancellationToken.IsCancellationRequested)
                throw new OriginConnectionException(OriginFailure.ConnectTimeout, e);
            throw;
        }
        finally
        {
            wanted.IsConnecting = false;
        }
    }

    /// <summary>Says why: otherwise a bad certificate looks like any other failed handshake.</summary>
    private static SslClientAuthenticationOptions Tls(OriginTrust trust) => new()
    {
        RemoteCertificateValidationCallback = (_, certificate, chain, errors) =>
            certificate is X509Certificate2 shown && trust.Trusts(shown, chain, errors)
                ? true : throw new OriginConnectionException(OriginFailure.Certificate),
    };
}

/// <summary>A connection that is wanted.</summary>
/// <param name="origin">To whom.</param>
/// <param name="within">How long it may take.</param>
internal sealed class OriginConnection(OriginView origin, TimeSpan within)
{
    private volatile bool _connecting;

    public OriginView Origin => origin;

    public TimeSpan Within => within;

    /// <summary>Whether it is being made for the request: as good as never sent, unless another connection became free meanwhile.</summary>
    public bool IsConnecting
    {
        get => _connecting;
        set => _connecting = value;
    }
}
