using System.Net.Sockets;

namespace Tandem.Kubernetes.Node.Probes;

/// <summary>Failures of the network in the words that Go, and so the kubelet's events, have for them.</summary>
internal static class GoWording
{
    public static string Dial(string host, int port, SocketException e) => $"dial tcp {host}:{port}: connect: {Errno(e)}";

    public static string DialTimeout(string host, int port) => $"dial tcp {host}:{port}: i/o timeout";

    // strerror(3), which .NET words otherwise.
    private static string Errno(SocketException e) => e.SocketErrorCode switch
    {
        SocketError.ConnectionRefused => "connection refused",
        SocketError.ConnectionReset => "connection reset by peer",
        SocketError.HostUnreachable => "no route to host",
        SocketError.NetworkUnreachable => "network is unreachable",
        SocketError.TimedOut => "connection timed out",
        _ => e.Message,
    };
}
