using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Tandem.LoadBalancer.Probing;

/// <summary>One HTTP or HTTPS probe.</summary>
internal static class HttpProbe
{
    /// <summary>How much of the body is searched, in bytes.</summary>
    private const int MaxBody = 10 * 1024;

    private const int MaxRedirects = 5;

    public static async Task<(string Reason, int Code)> RunAsync(
        ProbeRequest request, ProbeConnection connection, CancellationToken cancellationToken)
    {
        var scheme = request.Kind == ProbeKind.Https ? "https" : "http";
        var uri = new Uri($"{scheme}://{(request.EndPoint is DnsEndPoint name ? $"{name.Host}:{name.Port}" : request.EndPoint)}{request.Path}");
        var origin = uri.Authority;
        string? tlsFailure = null;
        var connected = false;
        using var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionLifetime = TimeSpan.Zero,
            MaxResponseHeadersLength = 64,
            ConnectCallback = async (context, token) =>
            {
                // The framework asks for a second connection when the first was closed without an answer. That is a failure here.
                if (connected)
                    throw new ProbeFailedException(FailureReason.ConnectionReset);
                connected = true;
                return uri.Authority == origin
                    ? await connection.ConnectAsync(token)
                    : await connection.ConnectAsync(context.DnsEndPoint, token);
            },
        };
        handler.SslOptions.CertificateRevocationCheckMode = X509RevocationMode.NoCheck;
        handler.SslOptions.RemoteCertificateValidationCallback = (_, _, _, errors) =>
        {
            tlsFailure = request.AllowInsecure || errors == SslPolicyErrors.None ? null
                : errors.HasFlag(SslPolicyErrors.RemoteCertificateChainErrors) ? FailureReason.UntrustedCertificate
                : FailureReason.NameMismatch;
            return tlsFailure is null;
        };

        using var client = new HttpMessageInvoker(handler);
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                connected = false;
                using var message = Message(request, uri, own: uri.Authority == origin);
                using var response = await client.SendAsync(message, cancellationToken);
                if (request.FollowRedirects && redirects < MaxRedirects && (int)response.StatusCode is >= 300 and < 400
                    && response.Headers.Location is { } location)
                {
                    uri = new Uri(uri, location);
                    if (uri.Scheme is "http" or "https")
                        continue;
                }

                return await JudgeAsync(request, response, cancellationToken);
            }
        }
        catch (HttpRequestException) when (tlsFailure is not null)
        {
            return (tlsFailure, 0);
        }
    }

    private static HttpRequestMessage Message(ProbeRequest request, Uri uri, bool own)
    {
        var message = new HttpRequestMessage(new HttpMethod(request.Method), uri);
        message.Headers.ConnectionClose = true;

        // Also the name that TLS asks for and verifies.
        message.Headers.Host = own ? request.Host : null;
        foreach (var (name, value) in request.Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        return message;
    }

    private static async Task<(string Reason, int Code)> JudgeAsync(
        ProbeRequest request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var code = (int)response.StatusCode;
        if (!request.Codes.Contain(code))
            return (FailureReason.CodeMismatch, code);
        if (request.Body.Length == 0)
            return (FailureReason.None, code);

        var buffer = new byte[MaxBody];
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var length = await body.ReadAtLeastAsync(buffer, MaxBody, throwOnEndOfStream: false, cancellationToken);
        var found = Encoding.UTF8.GetString(buffer, 0, length).Contains(request.Body, StringComparison.OrdinalIgnoreCase);
        return (found ? FailureReason.None : FailureReason.BodyMismatch, code);
    }
}
