using System.Net;
using System.Text;

namespace Tandem.Cloudflare.Tests;

/// <summary>Answers requests from a script, and keeps what was asked.</summary>
internal sealed class StubApi(params (HttpStatusCode Status, string Body)[] script) : HttpMessageHandler
{
    private int _next;

    public List<(HttpMethod Method, string Path, string Body, string? Authorization)> Requests { get; } = [];

    public TimeSpan? RetryAfter { get; init; }

    public CloudflareClient Client(TimeProvider? time = null) => new(new HttpClient(this), new CloudflareClientOptions
    {
        BaseAddress = new Uri("http://127.0.0.1:1/client/v4"),
        ApiToken = "secret",
        TimeProvider = time ?? TimeProvider.System,
    });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken);
        Requests.Add((request.Method, request.RequestUri!.PathAndQuery, body, request.Headers.Authorization?.ToString()));
        var (status, text) = script[_next++];
        if (status == 0)
            throw new HttpRequestException("connection refused");
        var response = new HttpResponseMessage(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };
        if (RetryAfter is { } after)
            response.Headers.RetryAfter = new(after);
        return response;
    }
}
