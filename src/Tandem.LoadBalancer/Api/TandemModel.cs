using System.Text.Json.Serialization;
using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Api;

/// <summary>The answer of <c>GET /tandem/v1/status</c>.</summary>
public sealed record BalancerStatus
{
    /// <summary>Whether decisions are frozen because this machine has lost its network.</summary>
    public bool Frozen { get; init; }

    /// <summary>Every load balancer.</summary>
    public IReadOnlyList<LoadBalancerStatus> LoadBalancers { get; init; } = [];

    /// <summary>Every pool.</summary>
    public IReadOnlyList<PoolStatus> Pools { get; init; } = [];

    /// <summary>The other servers of the zone.</summary>
    public IReadOnlyList<PeerStatus> Peers { get; init; } = [];

    /// <summary>What the DNS server has done.</summary>
    public required DnsStatus Dns { get; init; }

    /// <summary>What the proxy has done; absent without one.</summary>
    public ProxyStatus? Proxy { get; init; }
}

/// <summary>Another server of the zone.</summary>
public sealed record PeerStatus
{
    /// <summary>Its API, as address:port.</summary>
    public required string Api { get; init; }

    /// <summary>Whether the last exchange with it went well.</summary>
    public bool Reachable { get; init; }

    /// <summary>When an exchange last went well, UTC; absent before the first.</summary>
    public DateTimeOffset? LastExchangeAt { get; init; }

    /// <summary>How long that is ago, in seconds.</summary>
    public double? LastExchangeAgeSeconds { get; init; }

    /// <summary>Why the last exchange failed; absent where it went well.</summary>
    public string? Error { get; init; }
}

/// <summary>What DNS answers for one name.</summary>
public sealed record LoadBalancerStatus
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The hostname.</summary>
    public required string Name { get; init; }

    /// <summary>Whether its first round of checks has ended, so that DNS answers.</summary>
    public bool Answering { get; init; }

    /// <summary>The identifier of the pool that serves.</summary>
    public string? ServingPoolId { get; init; }

    /// <summary>The name of the pool that serves.</summary>
    public string? ServingPool { get; init; }

    /// <summary>Whether the proxy serves it; DNS then answers with the proxy's addresses.</summary>
    public bool Proxied { get; init; }

    /// <summary>The addresses answered.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The TTL answered, in seconds.</summary>
    public int Ttl { get; init; }
}

/// <summary>The health of one pool.</summary>
public sealed record PoolStatus
{
    /// <summary>Its identifier.</summary>
    public required string Id { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether enough origins are observed healthy.</summary>
    public bool Observed { get; init; }

    /// <summary>An operator's word: up, down or auto.</summary>
    public required string Forced { get; init; }

    /// <summary>What counts for DNS.</summary>
    public bool Published { get; init; }

    /// <summary>Since when it is published so, UTC; absent before the first decision.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Whether a failure is being confirmed.</summary>
    public bool Suspect { get; init; }

    /// <summary>Its origins that are probed.</summary>
    public IReadOnlyList<OriginStatus> Origins { get; init; } = [];
}

/// <summary>The health of one origin.</summary>
public sealed record OriginStatus
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its address.</summary>
    public required string Address { get; init; }

    /// <summary>The port that is probed.</summary>
    public int Port { get; init; }

    /// <summary>unknown, healthy or unhealthy.</summary>
    public required string Observed { get; init; }

    /// <summary>What counts.</summary>
    public bool Published { get; init; }

    /// <summary>Since when it is published so, UTC.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>When its last check ended, UTC; absent before the first.</summary>
    public DateTimeOffset? LastProbeAt { get; init; }

    /// <summary>How its last check ended, in Cloudflare's words.</summary>
    public string? LastResult { get; init; }

    /// <summary>How long its last check took, in milliseconds.</summary>
    public double? RttMs { get; init; }

    /// <summary>Failures since it was last beyond doubt.</summary>
    public int Failures { get; init; }

    /// <summary>Passed checks in a row.</summary>
    public int Successes { get; init; }
}

/// <summary>What the DNS server has done since it started.</summary>
public sealed record DnsStatus
{
    /// <summary>Queries over UDP.</summary>
    public long UdpQueries { get; init; }

    /// <summary>Queries over TCP.</summary>
    public long TcpQueries { get; init; }

    /// <summary>Messages that could not be read.</summary>
    public long Malformed { get; init; }

    /// <summary>Dropped because too many were under way.</summary>
    public long Overload { get; init; }

    /// <summary>Answers that were not sent, since their network had got its share.</summary>
    public long RateLimited { get; init; }

    /// <summary>Answers that were sent truncated, since their network had got its share.</summary>
    public long Slipped { get; init; }

    /// <summary>Answers by their result.</summary>
    public IReadOnlyDictionary<string, long> Answers { get; init; } = new Dictionary<string, long>();
}

/// <summary>What the proxy has done since it started.</summary>
public sealed record ProxyStatus
{
    /// <summary>Requests of clients.</summary>
    public long Requests { get; init; }

    /// <summary>Requests that were tried on a second origin.</summary>
    public long Retries { get; init; }

    /// <summary>Requests that an origin failed in the end.</summary>
    public long Failures { get; init; }
}

/// <summary>The answer of <c>GET /tandem/v1/events</c>.</summary>
public sealed record BalancerEvents
{
    /// <summary>The events, oldest first.</summary>
    public IReadOnlyList<BalancerEvent> Events { get; init; } = [];
}

/// <summary>The JSON of Tandem's own part of the API: camelCase, absent instead of null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BalancerStatus))]
[JsonSerializable(typeof(BalancerEvents))]
public sealed partial class TandemJson : JsonSerializerContext;
