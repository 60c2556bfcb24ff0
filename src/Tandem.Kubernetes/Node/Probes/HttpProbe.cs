using System.Net.Security;
using System.Net.Sockets;
using k8s.Models;

namespace Tandem.Kubernetes.Node.Probes;

/// <summary>HTTP GET as the kubelet does it: a new connection each time, no proxy, certificates unverified, 200 to 399 is success.</summary>
internal sealed class HttpProbe : IDisposable
{
    private const int MaxRedirects = 10;
    private const int MaxBody = 10 * 1024;
    private static readonly string UserAgent = $"kube-probe/{Api.ServerVersion.Major}.{Api.ServerVersion.Minor}";

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        PooledConnectionLifetime = TimeSpan.Zero,
        SslOptions = new SslClientAuthenticationOptions { RemoteCertificateValidationCallback = (_, _, _, _) => true },
    });

    /// <param name="action">What to get.</param>
    /// <param name="host">From where.</param>
    /// <param name="port">From which port.</param>
    /// <param name="timeout">The time for it is over, which is a failure.</param>
    /// <param name="cancellationToken">Ends it without a result.</param>
    public async Task<ProbeResult> RunAsync(
        V1HTTPGetAction action, string host, int port, CancellationToken timeout, CancellationToken cancellationToken)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout, cancellationToken);
        var scheme = string.Equals(action.Scheme, "HTTPS", StringComparison.OrdinalIgnoreCase) ? "https" : "http";
        var path = string.IsNullOrEmpty(action.Path) ? "/" : action.Path[0] == '/' ? action.Path : "/" + action.Path;
        var url = new Uri($"{scheme}://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}{path}");
        try
        {
            for (var redirects = 0; ; redirects++)
            {
                using var request = Request(action, url);
                using var response = await _client.SendAsync(request, both.Token);
                var code = (int)response.StatusCode;
                if (code is >= 300 and < 400 && response.Headers.Location is { } location && redirects < MaxRedirects
                    && new Uri(url, location) is var next && next.Host == url.Host)
                {
                    url = next;
                    continue;
                }

                var body = await BodyAsync(response, both.Token);
                return code is >= 200 and < 400
                    ? new ProbeResult(true, body)
                    : new ProbeResult(false, $"HTTP probe failed with statuscode: {code}");
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            var why = e.InnerException is SocketException socket ? GoWording.Dial(url.Host, url.Port, socket) : e.Message;
            return new ProbeResult(false, $"Get \"{url}\": {why}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return new ProbeResult(false, $"Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)");
        }
    }

    public void Dispose() => _client.Dispose();

    private static HttpRequestMessage Request(V1HTTPGetAction action, Uri url)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        request.Headers.TryAddWithoutValidation("User-Agent", UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", "*/*");
        foreach (var header in action.HttpHeaders ?? [])
        {
            if (string.Equals(header.Name, "Host", StringComparison.OrdinalIgnoreCase))
                request.Headers.Host = header.Value;
            else
                request.Headers.TryAddWithoutValidation(header.Name, header.Value);
        }

        return request;
    }

    private static async Task<string> BodyAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MaxBody];
        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        var read = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read);
    }
}
