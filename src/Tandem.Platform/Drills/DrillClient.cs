using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using DnsClient;
using Tandem.Platform.Clusters;

namespace Tandem.Platform.Drills;

/// <summary>
/// A client as the service's users have it: it asks the load balancer's DNS, keeps the answer for its TTL and no longer,
/// and sends one HTTPS request after the other at a steady rate, whatever becomes of the ones before.
/// </summary>
public sealed class DrillClient : IDisposable
{
    /// <summary>In a request: asks the embedded load balancer's proxy for the pool's name. In the answer: the name.</summary>
    private const string PoolHeader = "X-Tandem-Pool";

    /// <summary>A client without a proxy tries its luck again soon; one behind a proxy leaves trying again to that.</summary>
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ProxiedRequestTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan KeptConnection = TimeSpan.FromSeconds(30);

    /// <summary>Timers are not finer: at higher rates several requests leave together.</summary>
    private static readonly TimeSpan ShortestTick = TimeSpan.FromMilliseconds(10);

    private readonly string _hostname;
    private readonly bool _proxied;
    private readonly TimeProvider _time;
    private readonly LookupClient _dns;
    private readonly HttpClient _http;
    private readonly Lock _lock = new();
    private readonly List<DrillRequest> _requests = [];
    private readonly SemaphoreSlim _asking = new(1);
    private IReadOnlyList<string> _paths;
    private IPAddress? _address;
    private DateTimeOffset _expires;

    /// <param name="hostname">The service.</param>
    /// <param name="paths">What to ask for, one after the other; at least one.</param>
    /// <param name="dns">The load balancer's DNS; null for this machine's resolvers.</param>
    /// <param name="trusted">Trusted besides the machine's own authorities; null for none.</param>
    /// <param name="proxied">Whether requests go through the embedded load balancer, which is then asked for the pool that served.</param>
    /// <param name="time">The clock.</param>
    public DrillClient(string hostname, IReadOnlyList<string> paths, IPEndPoint? dns, X509Certificate2? trusted, bool proxied, TimeProvider time)
    {
        _proxied = proxied;
        _hostname = hostname;
        _paths = paths;
        _time = time;
        var options = dns is null ? new LookupClientOptions() : new LookupClientOptions(dns);
        (options.UseCache, options.Retries, options.Timeout) = (false, 0, TimeSpan.FromSeconds(1));
        _dns = new LookupClient(options);
        _http = new HttpClient(new SocketsHttpHandler
        {
            // A new connection each time: users do not share one. A proxy's users keep theirs, for where it leads can change.
            PooledConnectionLifetime = proxied ? KeptConnection : TimeSpan.Zero,
            UseProxy = false,
            ConnectCallback = PastDns.ConnectAsync,
            SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = Policy(trusted) },
        })
        { Timeout = proxied ? ProxiedRequestTimeout : RequestTimeout };
    }

    /// <summary>All requests so far, in the order in which they were sent.</summary>
    public IReadOnlyList<DrillRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>What the load balancer answers at this moment, without any cache; null for no answer.</summary>
    public async Task<IPAddress?> AnswerAsync(CancellationToken cancellationToken) => (await QueryAsync(cancellationToken))?.Address;

    /// <summary>Asks once for each path and keeps to those that succeed: an application may well answer its bare prefix with 404.</summary>
    /// <returns>The others.</returns>
    /// <exception cref="DrillException">There is none that succeeds.</exception>
    public async Task<IReadOnlyList<string>> LeaveOutFailingPathsAsync()
    {
        await Task.WhenAll(_paths.Select(SendAsync));
        var asked = Requests;
        lock (_lock)
            _requests.Clear();
        if (asked.All(r => !r.Succeeded))
            throw new DrillException($"no path of {_hostname} answers with a success: {asked[0].Path}: {asked[0].Failure}");
        List<string> failing = [.. asked.Where(r => !r.Succeeded).Select(r => r.Path)];
        _paths = [.. _paths.Except(failing)];
        return failing;
    }

    /// <summary>Sends requests until cancelled.</summary>
    /// <param name="perSecond">Requests a second, at least 1.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(int perSecond, CancellationToken cancellationToken)
    {
        var interval = TimeSpan.FromSeconds(1.0 / perSecond);
        using var timer = new PeriodicTimer(interval < ShortestTick ? ShortestTick : interval, _time);
        var pending = new List<Task>();
        var (start, sent) = (_time.GetTimestamp(), 0);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                pending.RemoveAll(t => t.IsCompleted);
                for (var due = (int)(_time.GetElapsedTime(start) / interval); sent < due; sent++)
                    pending.Add(SendAsync(_paths[sent % _paths.Count]));
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await Task.WhenAll(pending);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _asking.Dispose();
    }

    private async Task SendAsync(string path)
    {
        var at = _time.GetUtcNow();
        var start = _time.GetTimestamp();
        string? target = null;
        string? failure;
        try
        {
            if (await ResolveAsync() is not { } address)
            {
                failure = "no answer from DNS";
            }
            else
            {
                target = _proxied ? null : address.ToString();
                using var request = new HttpRequestMessage(HttpMethod.Get, $"https://{_hostname}{path}");
                PastDns.To(request, address.ToString());
                if (_proxied)
                    request.Headers.Add(PoolHeader, "?");
                using var answer = await _http.SendAsync(request);
                failure = answer.IsSuccessStatusCode ? null : $"status {(int)answer.StatusCode}";
                if (_proxied && answer.Headers.TryGetValues(PoolHeader, out var pools))
                    target = pools.First();
            }
        }
        catch (OperationCanceledException)
        {
            failure = string.Create(CultureInfo.InvariantCulture, $"no answer within {_http.Timeout.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            failure = (e.InnerException ?? e).Message;
        }

        lock (_lock)
            _requests.Add(new DrillRequest(at, _time.GetElapsedTime(start), target, failure, path));
    }

    /// <summary>The address to use. When the kept one is over, one request asks for all that wait, as a resolver does.</summary>
    private async Task<IPAddress?> ResolveAsync()
    {
        await _asking.WaitAsync();
        try
        {
            if (_address is not null && _time.GetUtcNow() < _expires)
                return _address;
            if (await QueryAsync(CancellationToken.None) is not { } answer)
                return null;
            _expires = _time.GetUtcNow() + answer.Ttl;
            return _address = answer.Address;
        }
        finally
        {
            _asking.Release();
        }
    }

    private async Task<(IPAddress Address, TimeSpan Ttl)?> QueryAsync(CancellationToken cancellationToken)
    {
        try
        {
            var answer = await _dns.QueryAsync(_hostname, QueryType.A, cancellationToken: cancellationToken);
            return answer.Answers.ARecords().FirstOrDefault() is { } record ? (record.Address, TimeSpan.FromSeconds(record.InitialTimeToLive)) : null;
        }
        catch (DnsResponseException)
        {
            return null;
        }
    }

    private static X509ChainPolicy Policy(X509Certificate2? trusted)
    {
        var policy = new X509ChainPolicy { RevocationMode = X509RevocationMode.NoCheck };
        if (trusted is null)
            return policy;
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(trusted);
        return policy;
    }
}
