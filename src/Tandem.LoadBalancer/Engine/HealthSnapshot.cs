using System.Collections.Immutable;
using System.Net;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Engine;

/// <summary>A check that ended.</summary>
/// <param name="StartedAt">When it started.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Result">How.</param>
/// <param name="Addresses">The addresses of the origin's host name, of this check or the last one before it that resolved it.</param>
internal sealed record LastCheck(DateTimeOffset StartedAt, DateTimeOffset EndedAt, ProbeResult Result, IReadOnlyList<IPAddress> Addresses);

/// <summary>All health at one moment, and the configuration whose targets these are.</summary>
internal sealed record HealthSnapshot(Configuration Configuration, HealthBoard Board, ImmutableDictionary<TargetKey, LastCheck> Checks)
{
    public static HealthSnapshot Empty { get; } =
        new(Configuration.Empty, HealthBoard.Empty, ImmutableDictionary<TargetKey, LastCheck>.Empty);

    /// <summary>The addresses that the host name of a target's origin had last.</summary>
    public IReadOnlyList<IPAddress> Addresses(TargetKey key) => Checks.GetValueOrDefault(key)?.Addresses ?? [];
}
