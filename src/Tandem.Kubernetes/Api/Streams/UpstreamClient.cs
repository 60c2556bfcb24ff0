using System.Net;
using Microsoft.AspNetCore.Http;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>Opens upgraded HTTP/1.1 connections to the runtime's streaming server.</summary>
internal sealed class UpstreamClient : IDisposable
{
    /// <summary>The longest text that the runtime's refusal is quoted with, in characters.</summary>
    private const int RefusalLimit = 4096;

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    });

    /// <summary>Asks for an upgrade with the headers given.</summary>
    /// <exception cref="StreamRefusedException">The runtime answered otherwise, or not at all.</exception>
    public async Task<HttpResponseMessage> UpgradeAsync(
        HttpMethod method, Uri location, IEnumerable<KeyValuePair<string, string>> headers, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, location) { Version = HttpVersion.Version11 };
        request.Headers.Connection.Add("Upgrade");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        HttpResponseMessage response;
        try
        {
            response = await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new StreamRefusedException(StatusCodes.Status502BadGateway, $"error dialing backend: {e.Message}");
        }

        if (response.StatusCode == HttpStatusCode.SwitchingProtocols)
            return response;
        using (response)
        {
            var text = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new StreamRefusedException((int)response.StatusCode, text.Length > RefusalLimit ? text[..RefusalLimit] : text);
        }
    }

    /// <summary>A SPDY/3.1 connection that speaks one of the stream protocols given.</summary>
    /// <exception cref="StreamRefusedException">The runtime refused it.</exception>
    public Task<HttpResponseMessage> SpdyAsync(Uri location, string protocol, CancellationToken cancellationToken) => UpgradeAsync(
        HttpMethod.Post, location, [new("Upgrade", "SPDY/3.1"), new("X-Stream-Protocol-Version", protocol)], cancellationToken);

    public void Dispose() => _http.Dispose();
}
