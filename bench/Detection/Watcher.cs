using System.Net;
using DnsClient;

namespace Tandem.Bench.Detection;

/// <summary>Asks a server for names until it answers what is expected.</summary>
internal sealed class Watcher(int port, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(50);

    private readonly LookupClient _client = new(new LookupClientOptions(new IPEndPoint(IPAddress.Loopback, port))
    {
        UseCache = false, Retries = 0, Timeout = TimeSpan.FromSeconds(1), ThrowDnsErrors = false, ContinueOnDnsError = false,
    });

    /// <summary>Waits for an answer.</summary>
    /// <returns>How long it took, to within 50 ms.</returns>
    /// <exception cref="TimeoutException">It did not come within the limit.</exception>
    public async Task<TimeSpan> UntilAsync(int name, IPAddress expected, TimeSpan limit, CancellationToken stop)
    {
        var started = time.GetTimestamp();
        while (true)
        {
            if (await AskAsync(name, stop) is { } address && address.Equals(expected))
                return time.GetElapsedTime(started);
            if (time.GetElapsedTime(started) > limit)
                throw new TimeoutException($"port {port} does not answer host{name} with {expected} within {limit.TotalSeconds} s");
            await Task.Delay(Poll, time, stop);
        }
    }

    private async Task<IPAddress?> AskAsync(int name, CancellationToken stop)
    {
        try
        {
            return (await _client.QueryAsync($"host{name}.example.com", QueryType.A, cancellationToken: stop)).Answers.ARecords().FirstOrDefault()?.Address;
        }
        catch (DnsResponseException)
        {
            // Not yet listening, or lost: asked again.
            return null;
        }
    }
}
