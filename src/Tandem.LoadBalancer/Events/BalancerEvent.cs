using System.Text.Json.Serialization;

namespace Tandem.LoadBalancer.Events;

/// <summary>Something worth telling, in the order in which it happened.</summary>
public sealed record BalancerEvent
{
    /// <summary>The first probe of a series failed; the target is now suspect.</summary>
    public const string ProbeFailed = "probe-failed";

    /// <summary>A pool has too few healthy origins.</summary>
    public const string PoolDown = "pool-down";

    /// <summary>A pool has enough healthy origins again.</summary>
    public const string PoolUp = "pool-up";

    /// <summary>DNS answers something else for a load balancer's name.</summary>
    public const string AnswerChanged = "answer-changed";

    /// <summary>No target can be reached for want of a route: decisions are held.</summary>
    public const string Frozen = "frozen";

    /// <summary>The network is back: decisions are taken again.</summary>
    public const string Thawed = "thawed";

    /// <summary>An operator has said up, down or auto of a pool; the word is the reason.</summary>
    public const string Forced = "forced";

    /// <summary>Another server of the zone has not answered for some seconds.</summary>
    public const string PeerLost = "peer-lost";

    /// <summary>A server that was lost answers again.</summary>
    public const string PeerBack = "peer-back";

    /// <summary>Grows by one with each event, also over restarts.</summary>
    public long Seq { get; init; }

    /// <summary>When, UTC.</summary>
    public DateTimeOffset At { get; init; }

    /// <summary>One of the constants of this class.</summary>
    public required string Type { get; init; }

    /// <summary>The pool's identifier, where it is about one.</summary>
    public string? PoolId { get; init; }

    /// <summary>The pool's name; for answer-changed the pool that serves now.</summary>
    public string? Pool { get; init; }

    /// <summary>The origin's name, for probe-failed.</summary>
    public string? Origin { get; init; }

    /// <summary>For probe-failed when the failed check started, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Why, in Cloudflare's words for probes.</summary>
    public string? Reason { get; init; }

    /// <summary>The other server's API as address:port, for peer-lost and peer-back.</summary>
    public string? Peer { get; init; }

    /// <summary>The load balancer's name, for answer-changed.</summary>
    public string? LoadBalancer { get; init; }

    /// <summary>The addresses that DNS now answers.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>The addresses that DNS answered before.</summary>
    public IReadOnlyList<string>? Previous { get; init; }
}

/// <summary>Tandem's own JSON: camelCase.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BalancerEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
