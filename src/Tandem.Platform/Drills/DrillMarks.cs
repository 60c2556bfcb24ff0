namespace Tandem.Platform.Drills;

/// <summary>When a drill did what, and what the load balancer's probes told. What did not happen is null.</summary>
/// <param name="StartedAt">When the client began.</param>
internal sealed record DrillMarks(DateTimeOffset StartedAt)
{
    /// <summary>When something was broken.</summary>
    public DateTimeOffset? FaultAt { get; init; }

    /// <summary>When a health check of the hot cluster first failed.</summary>
    public DateTimeOffset? FirstFailedProbeAt { get; init; }

    /// <summary>When the load balancer took the hot cluster out.</summary>
    public DateTimeOffset? MarkedDownAt { get; init; }

    /// <summary>When it was healed.</summary>
    public DateTimeOffset? HealedAt { get; init; }

    /// <summary>When the platform was as it had been found.</summary>
    public DateTimeOffset? RestoredAt { get; init; }
}
