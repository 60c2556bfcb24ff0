using System.Net.WebSockets;
using Tandem.Kubernetes.Api.Streams.Spdy;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Passes what the client sends to the runtime, piece by piece, until the client closes.</summary>
internal sealed class ChannelReader(WebSocket socket, RuntimeStreams runtime)
{
    private readonly byte[] _buffer = new byte[SpdyWriter.MaxData];

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var channel = Channel.Error;
        var begins = true;
        while (true)
        {
            var received = await socket.ReceiveAsync(_buffer.AsMemory(), cancellationToken);
            if (received.MessageType == WebSocketMessageType.Close)
                return;
            var data = _buffer.AsMemory(0, received.Count);
            if (begins && data.Length > 0)
            {
                channel = (Channel)data.Span[0];
                data = data[1..];
            }

            if (channel == Channel.Close && data.Length > 0)
                await runtime.CloseAsync((Channel)data.Span[0], cancellationToken);
            else if (data.Length > 0)
                await runtime.WriteAsync(channel, data, cancellationToken);
            begins = received.EndOfMessage || (begins && received.Count == 0);
        }
    }
}
