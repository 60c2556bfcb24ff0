using System.Net.Sockets;
using System.Security.Authentication;

namespace Tandem.LoadBalancer.Probing;

/// <summary>From an exception to Cloudflare's word for it.</summary>
internal static class Failures
{
    public static string Reason(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case ProbeFailedException failed:
                    return failed.Reason;
                case SocketException socket:
                    return Reason(socket.SocketErrorCode);
                case AuthenticationException:
                    return FailureReason.Other;
                case HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }:
                    return FailureReason.ConnectionReset;
            }
        }

        return FailureReason.Other;
    }

    private static string Reason(SocketError error) => error switch
    {
        SocketError.ConnectionRefused => FailureReason.ConnectionFailed,
        SocketError.TimedOut => FailureReason.ConnectTimeout,
        SocketError.HostUnreachable or SocketError.HostDown => FailureReason.NoRoute,
        SocketError.NetworkUnreachable or SocketError.NetworkDown => FailureReason.NetworkUnreachable,
        SocketError.ConnectionReset or SocketError.ConnectionAborted => FailureReason.ConnectionReset,
        SocketError.HostNotFound or SocketError.NoData or SocketError.TryAgain => FailureReason.UnknownHost,
        _ => FailureReason.Other,
    };
}

/// <summary>A probe failed for a reason that is already known.</summary>
internal sealed class ProbeFailedException(string reason) : IOException(reason)
{
    public string Reason => Message;
}
