using System.Net;
using Microsoft.Extensions.Logging;
using Tandem.Dns;
using Tandem.Dns.Server;
using Tandem.LoadBalancer.Api;
using Tandem.LoadBalancer.Dns;
using Tandem.LoadBalancer.Engine;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.Notifications;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.Proxy;
using Tandem.LoadBalancer.Replication;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Telemetry;

namespace Tandem.LoadBalancer;

/// <summary>The embedded load balancer as a process: probes, DNS and the API.</summary>
public static class LoadBalancerProgram
{
    /// <summary>Runs until cancelled.</summary>
    /// <param name="options">What it is.</param>
    /// <param name="logger">Where it logs; null for standard output.</param>
    /// <param name="cancellationToken">Ends it in order.</param>
    /// <exception cref="DnsBindException">A DNS address is in use or cannot be bound; the message names it.</exception>
    /// <exception cref="IOException">The API's or the proxy's address is in use, or the state folder cannot be written.</exception>
    /// <exception cref="InvalidDataException">The token's file or the stored configuration cannot be used; the message names the file.</exception>
    /// <exception cref="ArgumentException">
    /// The API's address or a peer's is not a loopback one, the zone's or a name server's name is no name, or the proxy has no certificate.
    /// </exception>
    public static async Task RunAsync(LoadBalancerOptions options, ILogger? logger = null, CancellationToken cancellationToken = default)
    {
        Check(options);
        using var factory = logger is null ? LoggerFactory.Create(Console) : null;
        var log = logger ?? factory!.CreateLogger("Tandem.LoadBalancer");
        Directory.CreateDirectory(options.StateDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string State(string name) => Path.Combine(options.StateDirectory, name);

        var token = BearerToken.Read(options.TokenFile);
        var store = ConfigurationStore.Open(State("config.json"), options.TimeProvider);
        var events = new EventLog(State("events.jsonl"), options.TimeProvider, log.StateError);
        var zone = new ZoneHandler(new DnsTable(DnsName.Parse(options.ZoneName), 0, [], []));
        await using var dns = new DnsServer(
            new DnsServerOptions
            {
                EndPoints = options.DnsEndPoints,
                Cookies = true,
                ResponsesPerSecond = options.ResponsesPerSecond,
                TimeProvider = options.TimeProvider,
                OnError = log.DnsError,
            },
            zone);
        var prober = new NetworkProber(options.TimeProvider);
        using var engine = new HealthEngine(
            options, prober, new HealthStore(State("health.json"), log.StateError), events, log);
        using var balancer = new Balancer(options, store, engine, events, zone, log);
        await using var proxy = options.Proxy is { } wanted ? new EmbeddedProxy(options, wanted, engine, balancer, log) : null;

        await using var notifications = new Notifier([.. options.Notifications.Select(webhook => new WebhookSender(options, webhook, events, log))]);

        using var replicator = new Replicator(options, SecretFile.Read(options.TokenFile), store, events, log);

        // First everything that can fail, then the checks. DNS holds its answers back until their first round has ended.
        var status = new StatusAnswers(engine, balancer, dns.Statistics, replicator, options.Proxy, proxy?.Statistics, options.TimeProvider);
        var routes = new ApiRoutes(
            options, store, new HealthAnswers(engine, balancer), new Previews(prober, store, options.TimeProvider), new TandemRoutes(store, status, events, log),
            new ReplicationRoutes(store, replicator), events, new BalancerMetrics(engine, status, dns.Statistics, events));

        // What the peers know counts before the first check: this server may have missed changes while it was away.
        await replicator.StartAsync(cancellationToken);
        balancer.Start();
        var proxying = proxy is null ? null : await proxy.StartAsync(cancellationToken);
        await dns.StartAsync(cancellationToken);
        await using var api = await ApiServer.StartAsync(
            options.ApiEndPoint, new Authentication(token), new Ownership(options), routes, log, cancellationToken);
        replicator.Announce();
        log.Started(string.Join(", ", dns.EndPoints), api.Address.ToString());
        options.OnStarted?.Invoke(new LoadBalancerAddresses(dns.EndPoints, api.Address)
        {
            ProxyHttp = proxying?.Http ?? [],
            ProxyHttps = proxying?.Https ?? [],
        });
        await Task.Delay(Timeout.InfiniteTimeSpan, options.TimeProvider, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static void Check(LoadBalancerOptions options)
    {
        if (!IPAddress.IsLoopback(options.ApiEndPoint.Address))
            throw new ArgumentException($"The API is served in the clear, and {options.ApiEndPoint} is not a loopback address.", nameof(options));
        if (options.Peers.FirstOrDefault(peer => !IPAddress.IsLoopback(peer.Address)) is { } far)
            throw new ArgumentException($"Peers are spoken to in the clear, and {far} is not a loopback address.", nameof(options));
        if (options.Peers.Contains(options.ApiEndPoint))
            throw new ArgumentException($"{options.ApiEndPoint} is this server's own API, and no peer.", nameof(options));
        if (options.DnsEndPoints.Count == 0)
            throw new ArgumentException("DNS needs at least one address to be served on.", nameof(options));
        if (!DnsName.TryParse(options.ZoneName, out var zone) || zone.IsRoot)
            throw new ArgumentException($"'{options.ZoneName}' is not the name of a zone.", nameof(options));
        if (options.Notifications.Count > Webhook.Most)
            throw new ArgumentException($"At most {Webhook.Most} notifications, not {options.Notifications.Count}.", nameof(options));
        foreach (var webhook in options.Notifications)
        {
            if (webhook.Error is { } error)
                throw new ArgumentException($"The URL of a notification {error}.", nameof(options));
        }

        if (options.NameServers.FirstOrDefault(server => server.Label.Contains('.') || !DnsName.TryParse($"{server.Label}.{options.ZoneName}", out _)) is { } wrong)
            throw new ArgumentException($"'{wrong.Label}' is not a label for a name server.", nameof(options));
        if (options.ConfirmInterval <= TimeSpan.Zero || options.ConfirmTimeout <= TimeSpan.Zero)
            throw new ArgumentException("Confirm interval and timeout must be longer than nothing.", nameof(options));
        if (options.Quotas is not { LoadBalancers: > 0, Pools: > 0, OriginsPerPool: > 0 })
            throw new ArgumentException("Every quota must be at least 1.", nameof(options));
        options.Proxy?.Check();
    }

    private static void Console(ILoggingBuilder logging) => logging.AddSimpleConsole(console =>
    {
        console.SingleLine = true;
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    });
}
