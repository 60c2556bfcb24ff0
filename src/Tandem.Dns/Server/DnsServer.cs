using System.Net;
using System.Net.Sockets;

namespace Tandem.Dns.Server;

/// <summary>
/// Serves DNS over UDP and TCP. Nothing that arrives can end its loops: what cannot be read is dropped and counted, or
/// answered with FORMERR, NOTIMP or BADVERS; a handler's exception is answered with SERVFAIL.
/// </summary>
public sealed class DnsServer : IAsyncDisposable
{
    private readonly DnsServerOptions _options;
    private readonly DnsAnswering _answering;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _loops = [];

    /// <summary>Takes what to serve; nothing is bound yet.</summary>
    public DnsServer(DnsServerOptions options, IDnsHandler handler)
    {
        _options = options;
        _answering = new DnsAnswering(handler, Statistics, options);
    }

    /// <summary>What the server has done.</summary>
    public DnsServerStatistics Statistics { get; } = new();

    /// <summary>The addresses that are served, with the ports that were taken for port 0; empty before the start.</summary>
    public IReadOnlyList<IPEndPoint> EndPoints { get; private set; } = [];

    /// <summary>Binds all addresses and starts answering. All or nothing: where one cannot be bound, none is served.</summary>
    /// <exception cref="DnsBindException">An address is in use or cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bound = new List<(Socket Udp, Socket Tcp)>();
        try
        {
            foreach (var endPoint in _options.EndPoints)
                bound.Add(Bind(endPoint));
        }
        catch
        {
            foreach (var socket in _sockets)
                socket.Dispose();
            _sockets.Clear();
            throw;
        }

        EndPoints = [.. bound.Select(pair => (IPEndPoint)pair.Udp.LocalEndPoint!)];
        foreach (var (udp, tcp) in bound)
        {
            var datagrams = new DnsUdpListener(udp, _answering, _options);
            var streams = new DnsTcpListener(tcp, _answering, _options);
            _loops.Add(datagrams.RunAsync(_stopping.Token));
            _loops.Add(Task.Run(() => streams.RunAsync(_stopping.Token), CancellationToken.None));
        }

        return Task.CompletedTask;
    }

    /// <summary>Stops answering and frees the addresses.</summary>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        await _stopping.CancelAsync();
        foreach (var socket in _sockets)
            socket.Dispose();
        await Task.WhenAll(_loops).WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stopping.Dispose();
    }

    /// <summary>Binds both protocols to one port; a port that is free for UDP alone is given back where any would do.</summary>
    private (Socket Udp, Socket Tcp) Bind(IPEndPoint endPoint)
    {
        for (var attempt = 1; ; attempt++)
        {
            var udp = Bind(endPoint, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                var tcp = Bind((IPEndPoint)udp.LocalEndPoint!, SocketType.Stream, ProtocolType.Tcp);
                _sockets.AddRange([udp, tcp]);
                return (udp, tcp);
            }
            catch (DnsBindException) when (endPoint.Port == 0 && attempt < 10)
            {
                udp.Dispose();
            }
            catch
            {
                udp.Dispose();
                throw;
            }
        }
    }

    private static Socket Bind(IPEndPoint endPoint, SocketType type, ProtocolType protocol)
    {
        var socket = new Socket(endPoint.AddressFamily, type, protocol);
        try
        {
            socket.Bind(endPoint);
            if (type == SocketType.Stream)
                socket.Listen(128);
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new DnsBindException(endPoint, protocol, e);
        }
    }
}
