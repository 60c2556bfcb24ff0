using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Tandem.Ingress.Tests.Nginx;

/// <summary>An application: answers every HTTP/1.1 request with its name and the request's head, on kept-alive connections.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string _name;
    private readonly Task _accepting;

    public Backend(string name)
    {
        _name = name;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token)));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, false, 1024, leaveOpen: true);
                while (true)
                {
                    var head = new StringBuilder();
                    string? line;
                    while ((line = await reader.ReadLineAsync(_stop.Token)) is { Length: > 0 })
                        head.Append(line).Append('\n');
                    if (line is null)
                        return;
                    var body = Encoding.ASCII.GetBytes($"{_name}\n{head}");
                    await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes($"HTTP/1.1 200 OK\r\nContent-Length: {body.Length}\r\n\r\n"), _stop.Token);
                    await client.GetStream().WriteAsync(body, _stop.Token);
                }
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                // The proxy or the test has ended the connection.
            }
        }
    }
}
