using System.Net;
using System.Net.Sockets;

namespace Tandem.LoadBalancer.Tests;

/// <summary>Ports of 127.0.0.1 that nobody uses, for servers that cannot choose one themselves.</summary>
internal static class FreePort
{
    public static int Take()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
