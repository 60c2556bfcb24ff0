using System.Net;

namespace Tandem.Dns.Server;

/// <summary>Where and how a <see cref="DnsServer"/> serves.</summary>
public sealed record DnsServerOptions
{
    /// <summary>
    /// The addresses to serve on, each over UDP and TCP; at least one. Port 0 takes any free one. On a host with several
    /// addresses name each: an answer from the any-address leaves from whichever the route prefers.
    /// </summary>
    public required IReadOnlyList<IPEndPoint> EndPoints { get; init; }

    /// <summary>TCP connections at once; more are closed at once.</summary>
    public int MaxTcpConnections { get; init; } = 128;

    /// <summary>How long a TCP connection may be silent between two queries, or take for one (RFC 7766 §6.2.3).</summary>
    public TimeSpan TcpIdleTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>UDP queries waiting for an asynchronous answer at once; more are dropped and counted.</summary>
    public int MaxPendingUdpQueries { get; init; } = 512;

    /// <summary>Whether clients are given cookies, RFC 7873. Not for a server that relays other servers' answers.</summary>
    public bool Cookies { get; init; }

    /// <summary>
    /// Answers over UDP of the same kind to the same network (IPv4 /24, IPv6 /56) a second; beyond it they are truncated or
    /// dropped. 0 for no limit. Clients that show a cookie of this server, and those over TCP, have none.
    /// </summary>
    public int ResponsesPerSecond { get; init; }

    /// <summary>The clock of timeouts, cookies and rates.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Told of every exception of a handler or socket that the server survived; must not throw.</summary>
    public Action<Exception>? OnError { get; init; }
}
