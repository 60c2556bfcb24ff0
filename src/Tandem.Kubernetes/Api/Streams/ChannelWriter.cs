using System.Buffers;
using System.Net.WebSockets;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Sends data to the client as messages that begin with their channel.</summary>
internal sealed class ChannelWriter(WebSocket socket)
{
    /// <summary>Sends one message; waits while the client does not read.</summary>
    public async Task WriteAsync(Channel channel, ReadOnlySequence<byte> data, CancellationToken cancellationToken)
    {
        var length = (int)data.Length + 1;
        var message = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            message[0] = (byte)channel;
            data.CopyTo(message.AsSpan(1));
            await socket.SendAsync(message.AsMemory(0, length), WebSocketMessageType.Binary, endOfMessage: true, cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
        }
    }
}
