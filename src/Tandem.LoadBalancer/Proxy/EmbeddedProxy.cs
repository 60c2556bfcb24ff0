using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Engine;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>The proxy with all its parts; it follows the decisions of the balancer.</summary>
internal sealed class EmbeddedProxy : IAsyncDisposable
{
    private readonly LoadBalancerOptions _options;
    private readonly ProxyOptions _proxy;
    private readonly Balancer _balancer;
    private readonly ILogger _logger;
    private readonly ProxyTables _tables;
    private readonly OriginStates _states;
    private readonly OriginTransport _transport;
    private readonly ServerCertificates? _certificates;
    private readonly AffinityCookie _cookie;
    private ProxyServer? _server;

    /// <exception cref="InvalidDataException">A certificate or the key of the session cookies cannot be used; the message names the file.</exception>
    public EmbeddedProxy(LoadBalancerOptions options, ProxyOptions proxy, HealthEngine engine, Balancer balancer, ILogger logger)
    {
        (_options, _proxy, _balancer, _logger) = (options, proxy, balancer, logger);
        _cookie = new AffinityCookie(AffinityKey.Open(Path.Combine(options.StateDirectory, "affinity.key")), options.TimeProvider);
        _certificates = proxy.Https.Count > 0 ? new ServerCertificates(proxy.Certificates, options.TimeProvider, logger) : null;
        _transport = new OriginTransport(proxy, options.TimeProvider);
        _tables = new ProxyTables(options.TimeProvider);
        _states = new OriginStates(options, engine);
        balancer.Decided += Update;
    }

    /// <summary>What it has done.</summary>
    public ProxyStatistics Statistics { get; } = new();

    /// <summary>Binds the addresses and answers.</summary>
    /// <exception cref="IOException">An address is in use or cannot be bound.</exception>
    public async Task<ProxyServer> StartAsync(CancellationToken cancellationToken)
    {
        var handler = new ProxyHandler(
            _proxy, _tables, _states, _transport, new SessionAffinity(_cookie, _options.TimeProvider), new RetryBudget(_options.TimeProvider), Statistics,
            _options.TimeProvider, _logger);
        _server = await ProxyServer.StartAsync(_proxy, _certificates, handler, cancellationToken);
        _logger.ProxyStarted(string.Join(", ", _server.Http.Concat(_server.Https)));
        return _server;
    }

    public async ValueTask DisposeAsync()
    {
        _balancer.Decided -= Update;
        if (_server is not null)
            await _server.DisposeAsync();
        _states.Dispose();
        _transport.Dispose();
    }

    /// <summary>The origins first: a new route must not be chosen by old doubts.</summary>
    private void Update(Decision decision)
    {
        _states.Update(decision);
        _tables.Update(decision);
    }
}
