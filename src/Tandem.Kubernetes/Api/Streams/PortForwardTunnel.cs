using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Port-forward as kubectl 1.31 and newer speak it: a SPDY connection inside binary WebSocket messages.</summary>
internal sealed class PortForwardTunnel(UpstreamClient upstream, TimeProvider time)
{
    private const int BufferSize = 32 * 1024;

    /// <exception cref="StreamRefusedException">The runtime refused.</exception>
    public async Task RunAsync(HttpContext context, Uri location)
    {
        using var response = await upstream.SpdyAsync(location, "portforward.k8s.io", context.RequestAborted);
        await using var runtime = await response.Content.ReadAsStreamAsync(context.RequestAborted);
        // The name holds a slash, which is no token: ASP.NET Core would refuse it after having switched protocols.
        context.Response.Headers.SecWebSocketProtocol = WebSocketProtocols.Tunnel;
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        await DuplexPump.FirstAsync(
            stop => ToRuntimeAsync(socket, runtime, stop),
            async stop =>
            {
                await ToClientAsync(runtime, socket, stop);
                await Task.Delay(StreamTranslator.CloseTime, time, stop);
            },
            context.RequestAborted);
    }

    private static async Task ToRuntimeAsync(WebSocket from, Stream to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (true)
        {
            var received = await from.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (received.MessageType != WebSocketMessageType.Binary)
                return; // closed; text has no meaning here and ends the tunnel
            await to.WriteAsync(buffer.AsMemory(0, received.Count), cancellationToken);
        }
    }

    private static async Task ToClientAsync(Stream from, WebSocket to, CancellationToken cancellationToken)
    {
        var buffer = new byte[BufferSize];
        while (await from.ReadAsync(buffer, cancellationToken) is var count and > 0)
            await to.SendAsync(buffer.AsMemory(0, count), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        await to.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}
