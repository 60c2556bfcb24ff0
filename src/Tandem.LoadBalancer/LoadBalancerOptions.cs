using System.Net;
using Tandem.LoadBalancer.Notifications;

namespace Tandem.LoadBalancer;

/// <summary>What an embedded load balancer is: its addresses, its identity and its patience.</summary>
public sealed record LoadBalancerOptions
{
    /// <summary>The folder of its state: config.json, health.json and events.jsonl; made where it is missing.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>Where DNS answers, each over UDP and TCP; port 0 takes any free one.</summary>
    public required IReadOnlyList<IPEndPoint> DnsEndPoints { get; init; }

    /// <summary>Where the API answers, in the clear and so only on a loopback address; port 0 takes any free one.</summary>
    public required IPEndPoint ApiEndPoint { get; init; }

    /// <summary>
    /// The APIs of the zone's other servers, which take part in its configuration. They are spoken to in the clear, with the same
    /// token, and so have to be loopback addresses.
    /// </summary>
    public IReadOnlyList<IPEndPoint> Peers { get; init; } = [];

    /// <summary>A file with the API's bearer token, which nobody but its owner may read.</summary>
    public required string TokenFile { get; init; }

    /// <summary>The account's identifier, 32 hexadecimal digits.</summary>
    public required string AccountId { get; init; }

    /// <summary>The zone's identifier, 32 hexadecimal digits.</summary>
    public required string ZoneId { get; init; }

    /// <summary>The zone's name, such as yourcompany.com.</summary>
    public required string ZoneName { get; init; }

    /// <summary>
    /// The zone's name servers: what it says of itself in its NS and address records, so that resolvers ask the others when one is
    /// dead. The same on every server of the zone, the first being its primary name; none for <c>ns</c> with this server's own addresses.
    /// </summary>
    public IReadOnlyList<NameServer> NameServers { get; init; } = [];

    /// <summary>How many objects there may be.</summary>
    public LoadBalancerQuotas Quotas { get; init; } = new();

    /// <summary>Between checks while a change of health is to be confirmed; how it bounds failover: <see cref="Health.CheckTiming"/>.</summary>
    public TimeSpan ConfirmInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a check that confirms a failure may take to connect.</summary>
    public TimeSpan ConfirmTimeout { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a flip of a target's health counts towards damping.</summary>
    public TimeSpan FlapWindow { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The longest a flapping target that is good again is held back.</summary>
    public TimeSpan MaxHold { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Answers over UDP of the same kind to the same network (IPv4 /24, IPv6 /56) a second, so that a forged sender is not
    /// flooded; 0 for no limit. A resolver that honours the TTL asks far less often.
    /// </summary>
    public int ResponsesPerSecond { get; init; } = 100;

    /// <summary>Who is told of decisions, at most <see cref="Webhook.Most"/>.</summary>
    public IReadOnlyList<Webhook> Notifications { get; init; } = [];

    /// <summary>The pause before a notification is repeated, doubled each time up to a minute.</summary>
    public TimeSpan NotificationRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a receiver may take to answer.</summary>
    public TimeSpan NotificationTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Where and how proxied hostnames are served; null for no proxy, and then <c>proxied</c> is refused.</summary>
    public Proxy.ProxyOptions? Proxy { get; init; }

    /// <summary>The clock of everything.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Told once everything answers, with the addresses that were taken for port 0.</summary>
    public Action<LoadBalancerAddresses>? OnStarted { get; init; }
}

/// <summary>A name server of the zone.</summary>
/// <param name="Label">Its label in the zone, such as ns1.</param>
/// <param name="Address">An address that it answers on, port 53; a label may be there several times.</param>
public sealed record NameServer(string Label, IPAddress Address);

/// <summary>Where a load balancer that runs can be reached.</summary>
/// <param name="Dns">DNS, over UDP and TCP.</param>
/// <param name="Api">The API, up to and including /client/v4/.</param>
public sealed record LoadBalancerAddresses(IReadOnlyList<IPEndPoint> Dns, Uri Api)
{
    /// <summary>The proxy's addresses for HTTP; none without one.</summary>
    public IReadOnlyList<IPEndPoint> ProxyHttp { get; init; } = [];

    /// <summary>The proxy's addresses for HTTPS; none without one.</summary>
    public IReadOnlyList<IPEndPoint> ProxyHttps { get; init; } = [];
}
