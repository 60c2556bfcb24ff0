using System.Collections.Concurrent;
using System.Diagnostics;

namespace Tandem.LoadBalancer.Tests.Proxy;

/// <summary>
/// An open-loop client: it sends at its rate whether answers come or not, as many independent users do. A closed loop would
/// wait with the server, and see few of the requests that a fault costs.
/// </summary>
internal sealed class SteadyLoad(ProxyClient client, int perSecond)
{
    private static readonly HttpMethod[] Methods = [HttpMethod.Get, HttpMethod.Head, HttpMethod.Put, HttpMethod.Delete, HttpMethod.Options];

    private readonly ConcurrentBag<Sent> _sent = [];
    private readonly Stopwatch _watch = new();

    /// <summary>How long it has been sending.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <summary>A request that ended.</summary>
    /// <param name="At">When it was sent, from the start.</param>
    /// <param name="Took">How long it took.</param>
    /// <param name="Origin">Who answered; null where nobody did.</param>
    /// <param name="Failure">How it failed; null where it did not.</param>
    public sealed record Sent(TimeSpan At, TimeSpan Took, string? Origin, string? Failure);

    /// <summary>Sends until cancelled, then waits for the last answer.</summary>
    public async Task<IReadOnlyList<Sent>> RunAsync(CancellationToken cancellationToken)
    {
        _watch.Start();
        var open = new List<Task>();
        while (!cancellationToken.IsCancellationRequested)
        {
            while (open.Count < _watch.Elapsed.TotalSeconds * perSecond)
                open.Add(SendAsync(Methods[open.Count % Methods.Length]));
            await Task.Delay(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None);
        }

        await Task.WhenAll(open);
        return [.. _sent.OrderBy(s => s.At)];
    }

    private async Task SendAsync(HttpMethod method)
    {
        var at = _watch.Elapsed;
        try
        {
            using var response = await client.Http.SendAsync(new HttpRequestMessage(method, "/"));
            var origin = response.Headers.TryGetValues("X-Origin", out var names) ? names.Single() : null;
            var failure = response.IsSuccessStatusCode ? null : $"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}";
            _sent.Add(new Sent(at, _watch.Elapsed - at, origin, failure));
        }
        catch (HttpRequestException e)
        {
            _sent.Add(new Sent(at, _watch.Elapsed - at, null, e.ToString()));
        }
    }
}
