using System.Net;
using System.Text;

namespace Tandem.Whoami;

/// <summary>The text of traefik/whoami: who answers, then the request as it was received.</summary>
internal static class Answer
{
    public static string Text(Identity identity, HttpRequest request)
    {
        var text = new StringBuilder();
        if (!string.IsNullOrEmpty(identity.Name))
            text.Append("Name: ").Append(identity.Name).Append('\n');
        text.Append("Hostname: ").Append(identity.Hostname).Append('\n');
        foreach (var address in identity.Addresses)
            text.Append("IP: ").Append(address).Append('\n');
        text.Append("RemoteAddr: ").Append(RemoteAddress(request)).Append('\n');

        // The request is in wire format, whose lines end in CR LF.
        text.Append($"{request.Method} {Url(request)} HTTP/1.1\r\nHost: {request.Host}\r\n");
        foreach (var (name, value) in Headers(request).OrderBy(h => h.Name != "User-Agent").ThenBy(h => h.Name, StringComparer.Ordinal))
            text.Append($"{name}: {value}\r\n");
        return text.Append("\r\n").ToString();
    }

    public static ApiAnswer Api(Identity identity, HttpRequest request) => new(
        identity.Hostname,
        identity.Addresses,
        Headers(request).GroupBy(h => h.Name).OrderBy(g => g.Key, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Select(h => h.Value).ToArray()),
        Url(request),
        request.Host.ToString(),
        request.Method,
        string.IsNullOrEmpty(identity.Name) ? null : identity.Name,
        RemoteAddress(request));

    private static string Url(HttpRequest request) => request.PathBase.Add(request.Path).ToUriComponent() + request.QueryString;

    private static string RemoteAddress(HttpRequest request)
    {
        var connection = request.HttpContext.Connection;
        var address = connection.RemoteIpAddress!;
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, connection.RemotePort).ToString();
    }

    private static IEnumerable<(string Name, string Value)> Headers(HttpRequest request) =>
        from header in request.Headers
        where header.Key != "Host"
        from value in header.Value
        select (Canonical(header.Key), value);

    /// <summary>Header names as Go writes them: <c>x-request-id</c> is <c>X-Request-Id</c>.</summary>
    internal static string Canonical(string name) =>
        string.Join('-', name.Split('-').Select(part => part.Length == 0 ? part : char.ToUpperInvariant(part[0]) + part[1..].ToLowerInvariant()));
}
