using System.Net;
using System.Net.Sockets;

namespace Tandem.LoadBalancer.Probing;

/// <summary>The connection of one probe; remembers how far it got, for the name of a timeout.</summary>
internal sealed class ProbeConnection(IPEndPoint endPoint, TimeSpan connectTimeout, TimeProvider time)
{
    private bool _connected;

    public string TimeoutReason => _connected ? FailureReason.HttpTimeout : FailureReason.ConnectTimeout;

    public Task<Stream> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(endPoint, cancellationToken);

    /// <summary>Connects elsewhere, where a redirect led.</summary>
    public async Task<Stream> ConnectAsync(EndPoint to, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        _connected = false;
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(to, either.Token);
            _connected = true;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            socket.Dispose();
            throw new ProbeFailedException(FailureReason.ConnectTimeout);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
