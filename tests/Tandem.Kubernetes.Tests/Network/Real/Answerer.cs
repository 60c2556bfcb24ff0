using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Kubernetes.Tests.Network.Real;

/// <summary>Answers everybody, on one port of one namespace, with its own name and the client's address.</summary>
internal sealed class Answerer : IDisposable
{
    private readonly Socket _socket;
    private readonly string _name;

    public Answerer(NetworkNamespace at, string name, string address, ProtocolType protocol, int port)
    {
        _name = name;
        _socket = at.CreateSocket(protocol);
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Parse(address), port));
        if (protocol == ProtocolType.Tcp)
        {
            _socket.Listen(64);
            _ = AcceptAsync();
        }
        else
        {
            _ = ReceiveAsync();
        }
    }

    public void Dispose() => _socket.Dispose();

    private byte[] Answer(EndPoint client) => Encoding.UTF8.GetBytes($"{_name} {((IPEndPoint)client).Address}\n");

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _socket.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }

    // One answer per line that comes.
    private async Task ServeAsync(Socket client)
    {
        using var _ = client;
        var buffer = new byte[64];
        try
        {
            var answer = Answer(client.RemoteEndPoint!);
            while (await client.ReceiveAsync(buffer) > 0)
                await client.SendAsync(answer);
        }
        catch (SocketException)
        {
            // The client went away.
        }
    }

    private async Task ReceiveAsync()
    {
        var buffer = new byte[64];
        try
        {
            while (true)
            {
                var from = await _socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await _socket.SendToAsync(Answer(from.RemoteEndPoint), from.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed of.
        }
    }
}
