using System.Net;

namespace Tandem.LoadBalancer.Steering;

/// <summary>What steering knows of a pool.</summary>
public sealed record PoolView
{
    /// <summary>The pool's identifier.</summary>
    public required string Id { get; init; }

    /// <summary>The pool's name.</summary>
    public required string Name { get; init; }

    /// <summary>Whether it takes traffic.</summary>
    public required bool Enabled { get; init; }

    /// <summary>Whether a monitor watches it; without one its health is ignored.</summary>
    public required bool Monitored { get; init; }

    /// <summary>An operator's word: true for up, false for down, null for none.</summary>
    public required bool? Forced { get; init; }

    /// <summary>Whether enough origins are observed healthy.</summary>
    public required bool Observed { get; init; }

    /// <summary>What counts: the operator's word, else whether enough origins are published healthy.</summary>
    public required bool Published { get; init; }

    /// <summary>Whether an origin in use is suspect.</summary>
    public required bool Suspect { get; init; }

    /// <summary>The addresses of enabled origins that are published healthy; of all enabled ones where health is ignored.</summary>
    public required IReadOnlyList<IPAddress> Healthy { get; init; }

    /// <summary>The addresses of all enabled origins.</summary>
    public required IReadOnlyList<IPAddress> All { get; init; }

    /// <summary>All enabled origins, for the proxy.</summary>
    public IReadOnlyList<OriginView> Origins { get; init; } = [];
}
