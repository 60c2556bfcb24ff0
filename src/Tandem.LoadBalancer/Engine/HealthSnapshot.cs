using System.Collections.Immutable;
using Tandem.LoadBalancer.Health;
using Tandem.LoadBalancer.Probing;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Engine;

/// <summary>A check that ended.</summary>
internal sealed record LastCheck(DateTimeOffset StartedAt, DateTimeOffset EndedAt, ProbeResult Result);

/// <summary>All health at one moment, and the configuration whose targets these are.</summary>
internal sealed record HealthSnapshot(Configuration Configuration, HealthBoard Board, ImmutableDictionary<TargetKey, LastCheck> Checks)
{
    public static HealthSnapshot Empty { get; } =
        new(Configuration.Empty, HealthBoard.Empty, ImmutableDictionary<TargetKey, LastCheck>.Empty);
}
