using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Authentication;

/// <summary>
/// A token among the subprotocols of a WebSocket, as browsers cannot set the Authorization header:
/// <c>base64url.bearer.authorization.k8s.io.TOKEN</c>, beside the subprotocol that is to be spoken.
/// </summary>
internal static class WebSocketToken
{
    private const string Prefix = "base64url.bearer.authorization.k8s.io.";

    /// <summary>Takes the token out of the request's headers, so that nothing behind this sees, answers or passes on what is secret.</summary>
    /// <returns>Null where there is none.</returns>
    /// <exception cref="ApiException">401: it cannot be read, there are several, or there is no other subprotocol to answer with.</exception>
    public static string? Take(HttpRequest request)
    {
        if (!string.Equals(request.Headers.Upgrade.ToString(), "websocket", StringComparison.OrdinalIgnoreCase))
            return null;
        var offered = request.Headers.GetCommaSeparatedValues(HeaderNames.SecWebSocketProtocol);
        var tokens = offered.Where(p => p.StartsWith(Prefix, StringComparison.Ordinal)).ToList();
        if (tokens.Count == 0)
            return null;
        request.Headers.SecWebSocketProtocol = string.Join(", ", offered.Except(tokens));
        return tokens.Count == 1 && offered.Length > 1 ? Decode(tokens[0][Prefix.Length..]) : throw ApiException.Unauthorized();
    }

    private static string Decode(string text)
    {
        try
        {
            return new UTF8Encoding(false, throwOnInvalidBytes: true).GetString(Base64Url.DecodeFromChars(text));
        }
        catch (Exception e) when (e is FormatException or DecoderFallbackException)
        {
            throw ApiException.Unauthorized();
        }
    }
}
