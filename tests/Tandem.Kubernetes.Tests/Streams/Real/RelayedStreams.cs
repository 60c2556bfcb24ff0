using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Api.Streams;
using Tandem.Kubernetes.Tests.Network.Real;

namespace Tandem.Kubernetes.Tests.Streams.Real;

/// <summary>Leads an API server outside of the runtime's network namespace to the streaming server on the loopback inside.</summary>
internal sealed class RelayedStreams(IPodStreams inside, NetworkNamespace network) : IPodStreams
{
    public async Task<Uri> ExecAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken) =>
        Relay(await inside.ExecAsync(pod, options, cancellationToken));

    public async Task<Uri> AttachAsync(JsonObject pod, StreamOptions options, CancellationToken cancellationToken) =>
        Relay(await inside.AttachAsync(pod, options, cancellationToken));

    public async Task<Uri> PortForwardAsync(JsonObject pod, IReadOnlyList<int> ports, CancellationToken cancellationToken) =>
        Relay(await inside.PortForwardAsync(pod, ports, cancellationToken));

    private Uri Relay(Uri to)
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start(1);
        _ = RelayAsync(listener, to.Port);
        return new UriBuilder(to) { Port = ((IPEndPoint)listener.LocalEndpoint).Port }.Uri;
    }

    // An address of the runtime is good for one connection.
    private async Task RelayAsync(TcpListener listener, int port)
    {
        using (listener)
        {
            using var outer = await listener.AcceptTcpClientAsync();
            using var socket = network.CreateSocket(ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
            await using var inner = new NetworkStream(socket);
            await DuplexPump.RunAsync(outer.GetStream(), inner, CancellationToken.None);
        }
    }
}
