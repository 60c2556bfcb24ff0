namespace Tandem.Cli.Embedded;

/// <summary>
/// Sends requests to the first of several servers that answers, and stays with it until it fails. All hold the same, so any will
/// do; but what a server may have done before it fell silent is not sent again.
/// </summary>
internal sealed class ServerFailover(IReadOnlyList<Uri> servers, TimeProvider time, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    /// <summary>How long a server may take while there is another: one whose process is stopped accepts and says nothing.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private int _current;

    /// <summary>The place of the server that answered last.</summary>
    public int Current => Volatile.Read(ref _current);

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (first, path) = (Current, request.RequestUri!.PathAndQuery);
        for (var attempt = 0; ; attempt++)
        {
            var place = (first + attempt) % servers.Count;
            var last = attempt == servers.Count - 1;
            using var patience = last ? null : new CancellationTokenSource(Patience, time);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience?.Token ?? CancellationToken.None);
            try
            {
                request.RequestUri = new Uri(servers[place], path);
                var response = await base.SendAsync(request, IsRepeatable(request) ? either.Token : cancellationToken);
                Volatile.Write(ref _current, place);
                return response;
            }
            catch (HttpRequestException e) when (!last && (IsRepeatable(request) || e.HttpRequestError == HttpRequestError.ConnectionError))
            {
                // The next one.
            }
            catch (OperationCanceledException) when (!last && !cancellationToken.IsCancellationRequested)
            {
                // It has had its time: the next one.
            }
        }
    }

    private static bool IsRepeatable(HttpRequestMessage request) => request.Method != HttpMethod.Post && request.Method != HttpMethod.Patch;
}
