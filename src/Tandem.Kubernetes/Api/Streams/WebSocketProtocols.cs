using Microsoft.AspNetCore.Http;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>The names that clients put into <c>Sec-WebSocket-Protocol</c>.</summary>
internal static class WebSocketProtocols
{
    /// <summary>Channels with a half-close (KEP-4006).</summary>
    public const string V5 = "v5.channel.k8s.io";

    /// <summary>SPDY frames inside binary messages.</summary>
    public const string Tunnel = "SPDY/3.1+portforward.k8s.io";

    /// <summary>What the client offers, in its order.</summary>
    public static IReadOnlyList<string> Offered(HttpRequest request) =>
        request.Headers.SecWebSocketProtocol.Count == 0 ? [] : request.Headers.GetCommaSeparatedValues("Sec-WebSocket-Protocol");
}
