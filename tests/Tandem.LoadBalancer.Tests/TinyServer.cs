using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.LoadBalancer.Tests;

/// <summary>A real HTTP server in a few lines: it can be stopped and started again on the same port.</summary>
internal sealed class TinyServer(IPAddress address, string answer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok") : IDisposable
{
    private TcpListener _listener = Listen(address, 0);
    private IPEndPoint? _endPoint;

    public IPEndPoint EndPoint => _endPoint ??= (IPEndPoint)_listener.LocalEndpoint;

    public List<string> Requests { get; } = [];

    public TinyServer Start()
    {
        _ = EndPoint;
        _ = ServeAsync(_listener);
        return this;
    }

    public void Stop() => _listener.Stop();

    public void Restart()
    {
        _listener = Listen(EndPoint.Address, EndPoint.Port);
        _ = ServeAsync(_listener);
    }

    public void Dispose() => _listener.Stop();

    private static TcpListener Listen(IPAddress address, int port)
    {
        var listener = new TcpListener(address, port);
        listener.Start();
        return listener;
    }

    private async Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync();
                var buffer = new byte[8192];
                var length = await client.GetStream().ReadAsync(buffer);
                Requests.Add(Encoding.ASCII.GetString(buffer, 0, length));
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(answer));
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or IOException)
        {
            // Stopped.
        }
    }
}
