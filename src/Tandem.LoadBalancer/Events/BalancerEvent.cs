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

    /// <summary>An origin is good again, but damping holds it back; told once.</summary>
    public const string Held = "held";

    /// <summary>An operator took a pool in or out, or gave the word back to the checks.</summary>
    public const string Forced = "forced";

    /// <summary>A monitor, a pool or a load balancer was created, changed or deleted.</summary>
    public const string ConfigurationChanged = "configuration-changed";

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

    /// <summary>The origin's name, for probe-failed and held.</summary>
    public string? Origin { get; init; }

    /// <summary>For probe-failed when the failed check started, UTC.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>Why, in Cloudflare's words for probes.</summary>
    public string? Reason { get; init; }

    /// <summary>What happened and why, in words for a person.</summary>
    public string? Detail { get; init; }

    /// <summary>For held until when at the latest, UTC, should no check fail; the first check after that ends it.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>For pool-down and pool-up how many healthy origins the pool needs.</summary>
    public int? MinimumOrigins { get; init; }

    /// <summary>For pool-down and pool-up the pool's origins.</summary>
    public IReadOnlyList<EventOrigin>? Origins { get; init; }

    /// <summary>The other server's API as address:port, for peer-lost and peer-back.</summary>
    public string? Peer { get; init; }

    /// <summary>The load balancer's name, for answer-changed.</summary>
    public string? LoadBalancer { get; init; }

    /// <summary>The addresses that DNS now answers.</summary>
    public IReadOnlyList<string>? Addresses { get; init; }

    /// <summary>The addresses that DNS answered before.</summary>
    public IReadOnlyList<string>? Previous { get; init; }
}

/// <summary>An origin at the time of an event.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Its IP address.</param>
/// <param name="Enabled">Whether it is in use.</param>
/// <param name="Healthy">Whether it is published healthy.</param>
/// <param name="Changed">Whether that is what the event is about.</param>
/// <param name="FailureReason">How its last check ended, in Cloudflare's words.</param>
public sealed record EventOrigin(string Name, string Address, bool Enabled, bool Healthy, bool Changed, string FailureReason);

/// <summary>Tandem's own JSON: camelCase.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(BalancerEvent))]
internal sealed partial class EventJson : JsonSerializerContext;
