using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>A connection, or UDP's likeness of one, from a namespace.</summary>
internal sealed class Caller(NetworkNamespace from, ProtocolType protocol) : IDisposable
{
    public const string Nothing = "nothing";
    public const string Refused = "refused";

    private readonly Socket _socket = from.CreateSocket(protocol);

    public void Dispose() => _socket.Dispose();

    /// <summary>One question on a new connection: the answer, <see cref="Refused"/>, or <see cref="Nothing"/> within the time.</summary>
    public static async Task<string> AskAsync(NetworkNamespace from, ProtocolType protocol, string address, int port, TimeSpan patience)
    {
        using var caller = new Caller(from, protocol);
        return await caller.ConnectAsync(address, port, patience) is { } failure ? failure : await caller.AskAsync(patience);
    }

    /// <returns>Null where it worked.</returns>
    public Task<string?> ConnectAsync(string address, int port, TimeSpan patience) => TryAsync(async cancellationToken =>
    {
        await _socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address), port), cancellationToken);
        return null;
    }, patience);

    public async Task<string> AskAsync(TimeSpan patience) => (await TryAsync(async cancellationToken =>
    {
        var buffer = new byte[256];
        await _socket.SendAsync("?\n"u8.ToArray(), cancellationToken);
        var length = await _socket.ReceiveAsync(buffer, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length).Trim();
    }, patience))!;

    private static async Task<string?> TryAsync(Func<CancellationToken, Task<string?>> attempt, TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            return await attempt(limit.Token);
        }
        catch (OperationCanceledException)
        {
            return Nothing;
        }
        // A datagram that the sender's own namespace rejects fails as forbidden (EPERM).
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused or SocketError.AccessDenied)
        {
            return Refused;
        }
    }
}
