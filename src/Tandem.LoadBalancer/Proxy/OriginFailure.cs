using System.Net.Sockets;
using System.Security.Authentication;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>How an origin failed; the values are Cloudflare's codes.</summary>
/// <remarks><see href="https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-5xx-errors/">Cloudflare: 5xx errors</see>.</remarks>
internal enum OriginFailure
{
    /// <summary>It broke the connection, or answered what cannot be understood.</summary>
    Broken = 520,

    /// <summary>It refused the connection.</summary>
    Refused = 521,

    /// <summary>The connection was not there in time.</summary>
    ConnectTimeout = 522,

    /// <summary>There is no way to it, or its name is unknown.</summary>
    Unreachable = 523,

    /// <summary>It did not respond in time.</summary>
    NoResponse = 524,

    /// <summary>TLS could not be agreed on.</summary>
    Handshake = 525,

    /// <summary>Its certificate is not trusted, or is another name's.</summary>
    Certificate = 526,
}

/// <summary>What a failure means.</summary>
internal static class OriginFailures
{
    /// <summary>Whether the request never left: then nobody has been burdened with it.</summary>
    public static bool NeverSent(this OriginFailure failure) => failure is not (OriginFailure.Broken or OriginFailure.NoResponse);

    /// <summary>The status for the client, of <see href="https://www.rfc-editor.org/rfc/rfc9110#section-15.6.3">RFC 9110</see>; 526 is Cloudflare's.</summary>
    public static int Status(this OriginFailure failure) => failure switch
    {
        OriginFailure.ConnectTimeout or OriginFailure.NoResponse => 504,
        OriginFailure.Certificate => 526,
        _ => 502,
    };

    public static string Text(this OriginFailure failure) => failure switch
    {
        OriginFailure.Refused => "the origin refused the connection",
        OriginFailure.ConnectTimeout => "the origin could not be connected to in time",
        OriginFailure.Unreachable => "there is no way to the origin",
        OriginFailure.NoResponse => "the origin did not respond in time",
        OriginFailure.Handshake => "TLS could not be agreed on with the origin",
        OriginFailure.Certificate => "the origin's certificate is not trusted",
        _ => "the origin broke the connection",
    };

    /// <summary>What the forwarder's error says of the origin; null where the client is the cause.</summary>
    public static OriginFailure? Of(ForwarderError error, Exception? exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            if (e is OriginConnectionException known)
                return known.Failure;
            if (e is AuthenticationException)
                return OriginFailure.Handshake;
        }

        return error switch
        {
            ForwarderError.RequestBodyClient or ForwarderError.ResponseBodyClient or ForwarderError.UpgradeRequestClient
                or ForwarderError.UpgradeResponseClient or ForwarderError.UpgradeActivityTimeout => null,
            ForwarderError.RequestTimedOut => OriginFailure.NoResponse,
            _ => OriginFailure.Broken,
        };
    }

    public static OriginFailure Of(SocketError error) => error switch
    {
        SocketError.HostUnreachable or SocketError.NetworkUnreachable or SocketError.HostDown or SocketError.NetworkDown => OriginFailure.Unreachable,
        SocketError.TimedOut => OriginFailure.ConnectTimeout,
        _ => OriginFailure.Refused,
    };
}

/// <summary>No connection to an origin could be made.</summary>
internal sealed class OriginConnectionException(OriginFailure failure, Exception? inner = null) : IOException(failure.Text(), inner)
{
    public OriginFailure Failure { get; } = failure;
}
