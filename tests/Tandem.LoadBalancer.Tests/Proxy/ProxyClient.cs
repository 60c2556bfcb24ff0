using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>A client that has resolved the hostname to the proxy's address already.</summary>
internal sealed class ProxyClient : IDisposable
{
    private readonly SocketsHttpHandler _handler;

    public ProxyClient(IPEndPoint proxy, Func<SslClientAuthenticationOptions>? tls = null)
    {
        _handler = new SocketsHttpHandler
        {
            UseCookies = false,
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                await socket.ConnectAsync(proxy, cancellationToken);
                return new NetworkStream(socket, ownsSocket: true);
            },
        };
        if (tls is not null)
            _handler.SslOptions = tls();
        Http = new HttpClient(_handler) { BaseAddress = new Uri($"{(tls is null ? "http" : "https")}://{RunningBalancer.Host}/") };
    }

    public HttpClient Http { get; }

    /// <summary>The name of the origin that answers.</summary>
    public async Task<string> NameAsync(HttpMethod? method = null)
    {
        using var response = await Http.SendAsync(new HttpRequestMessage(method ?? HttpMethod.Get, "/"));
        response.EnsureSuccessStatusCode();
        return response.Headers.GetValues("X-Origin").Single();
    }

    public async Task<WebSocket> ConnectAsync()
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://{RunningBalancer.Host}/"), new HttpMessageInvoker(_handler, disposeHandler: false), CancellationToken.None);
        return socket;
    }

    /// <summary>The name of the origin at the other end.</summary>
    public static async Task<string> AskAsync(WebSocket socket, CancellationToken cancellationToken = default)
    {
        await socket.SendAsync("?"u8.ToArray(), WebSocketMessageType.Text, true, cancellationToken);
        var buffer = new byte[100];
        var received = await socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.ASCII.GetString(buffer, 0, received.Count);
    }

    public void Dispose() => Http.Dispose();
}
