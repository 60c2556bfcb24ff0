using System.Net;
using System.Net.Sockets;

namespace Tandem.Dns.Server;

/// <summary>An address cannot be served on: in use, not this machine's, or a port that needs root.</summary>
public sealed class DnsBindException(IPEndPoint endPoint, ProtocolType protocol, SocketException inner)
    : IOException($"Cannot serve DNS on {endPoint} ({protocol.ToString().ToLowerInvariant()}): {inner.Message}", inner)
{
    /// <summary>The address and port.</summary>
    public IPEndPoint EndPoint { get; } = endPoint;

    /// <summary>UDP or TCP.</summary>
    public ProtocolType Protocol { get; } = protocol;

    /// <summary>Why.</summary>
    public SocketError Error { get; } = inner.SocketErrorCode;
}
