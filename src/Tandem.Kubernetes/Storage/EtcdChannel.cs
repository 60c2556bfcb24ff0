using System.Net.Sockets;
using Grpc.Net.Client;

namespace Tandem.Kubernetes.Storage;

/// <summary>
/// A gRPC channel to etcd over its Unix socket. File permissions guard it: no port is open, so no pod can reach it.
/// </summary>
internal static class EtcdChannel
{
    /// <summary>etcd's own limit on a request is 1.5 MiB; a range answer may carry a whole resource.</summary>
    private const int MaxAnswerBytes = 256 * 1024 * 1024;

    public static GrpcChannel Open(string socketPath) => GrpcChannel.ForAddress("http://etcd", new GrpcChannelOptions
    {
        HttpHandler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellationToken) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(socketPath), cancellationToken);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
            EnableMultipleHttp2Connections = true,
        },
        DisposeHttpClient = true,
        MaxReceiveMessageSize = MaxAnswerBytes,
    });
}
