using System.Net;
using System.Net.Sockets;

namespace Tandem.LoadBalancer.Probing;

/// <summary>The connection of one probe; remembers how far it got, for the name of a timeout.</summary>
internal sealed class ProbeConnection(EndPoint endPoint, TimeSpan connectTimeout, TimeProvider time)
{
    /// <summary>More addresses of one name than this are left out.</summary>
    private const int MaxAddresses = 16;

    public string TimeoutReason { get; private set; } = FailureReason.ConnectTimeout;

    /// <summary>The addresses of the origin's host name, sorted; null where it has none or was not resolved.</summary>
    public IReadOnlyList<IPAddress>? Addresses { get; private set; }

    public Task<Stream> ConnectAsync(CancellationToken cancellationToken) => ConnectAsync(endPoint, own: true, cancellationToken);

    /// <summary>Connects elsewhere, where a redirect led.</summary>
    public Task<Stream> ConnectAsync(EndPoint to, CancellationToken cancellationToken) => ConnectAsync(to, own: false, cancellationToken);

    private async Task<Stream> ConnectAsync(EndPoint to, bool own, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(connectTimeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var (addresses, port) = to is DnsEndPoint name
                ? (await ResolveAsync(name.Host, own, either.Token), name.Port)
                : ([((IPEndPoint)to).Address], ((IPEndPoint)to).Port);
            TimeoutReason = FailureReason.ConnectTimeout;
            var socket = await ConnectAsync(addresses, port, either.Token);
            TimeoutReason = FailureReason.HttpTimeout;
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new ProbeFailedException(TimeoutReason);
        }
    }

    private async Task<IPAddress[]> ResolveAsync(string name, bool own, CancellationToken cancellationToken)
    {
        TimeoutReason = FailureReason.UnknownHost;
        var found = await System.Net.Dns.GetHostAddressesAsync(name, cancellationToken);

        // Resolvers rotate their answers: sorted, the same addresses are the same answer.
        IPAddress[] sorted = [.. found.Distinct().OrderBy(a => a.ToString(), StringComparer.Ordinal).Take(MaxAddresses)];
        if (own)
            Addresses = sorted;
        return sorted;
    }

    /// <summary>Tries one address after the other; what the last one said is the failure.</summary>
    private static async Task<Socket> ConnectAsync(IPAddress[] addresses, int port, CancellationToken cancellationToken)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (addresses is [var only])
                await socket.ConnectAsync(new IPEndPoint(only, port), cancellationToken);
            else
                await socket.ConnectAsync(addresses, port, cancellationToken);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
