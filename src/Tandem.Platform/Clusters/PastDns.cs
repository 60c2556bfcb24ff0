using System.Net.Sockets;

namespace Tandem.Platform.Clusters;

/// <summary>Requests that go to an address of the caller's choice, whatever DNS says of their host.</summary>
internal static class PastDns
{
    private static readonly HttpRequestOptionsKey<string> Address = new("address");

    /// <summary>Says where a request goes.</summary>
    /// <param name="request">The request.</param>
    /// <param name="address">An IP address, or another host's name.</param>
    public static void To(HttpRequestMessage request, string address) => request.Options.Set(Address, address);

    /// <summary>The <see cref="SocketsHttpHandler.ConnectCallback"/> that goes there.</summary>
    public static async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        context.InitialRequestMessage.Options.TryGetValue(Address, out var address);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(address!, context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
