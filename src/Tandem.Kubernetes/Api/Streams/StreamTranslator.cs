using System.Buffers;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Streams.Spdy;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>
/// <c>v5.channel.k8s.io</c> towards the client, SPDY towards the runtime, whose own WebSockets cannot close stdin. As the
/// WebSocket is open before the runtime is asked, its refusal too comes over the error channel.
/// </summary>
internal sealed class StreamTranslator(UpstreamClient upstream, TimeProvider time)
{
    /// <summary>How long a client may take to answer the close of its WebSocket.</summary>
    public static readonly TimeSpan CloseTime = TimeSpan.FromSeconds(10);

    /// <param name="context">The request.</param>
    /// <param name="options">What the client asked for.</param>
    /// <param name="locate">Prepares the stream at the runtime.</param>
    public async Task RunAsync(HttpContext context, StreamOptions options, Func<Task<Uri>> locate)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync(WebSocketProtocols.V5);
        try
        {
            using var response = await upstream.SpdyAsync(await locate(), "v4.channel.k8s.io", context.RequestAborted);
            await using var stream = await response.Content.ReadAsStreamAsync(context.RequestAborted);
            using var runtime = new RuntimeStreams(stream);
            await runtime.OpenAsync(options, context.RequestAborted);
            await DuplexPump.FirstAsync(
                stop => new ChannelReader(socket, runtime).RunAsync(stop),
                async stop =>
                {
                    var channels = new ChannelWriter(socket);
                    // Tells the client that the stream stands.
                    await channels.WriteAsync(options.Stdout ? Channel.Stdout : options.Stderr ? Channel.Stderr : Channel.Error, ReadOnlySequence<byte>.Empty, stop);
                    var status = await runtime.CopyToAsync(channels, stop);
                    await EndAsync(socket, status, stop);
                    await Task.Delay(CloseTime, time, stop);
                },
                context.RequestAborted);
        }
        catch (StreamRefusedException e)
        {
            await EndAsync(socket, StreamStatus.InternalError($"unable to upgrade connection: {e.Message}"), context.RequestAborted);
        }
    }

    private static async Task EndAsync(WebSocket socket, byte[] status, CancellationToken cancellationToken)
    {
        await new ChannelWriter(socket).WriteAsync(Channel.Error, new ReadOnlySequence<byte>(status), cancellationToken);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }
}
