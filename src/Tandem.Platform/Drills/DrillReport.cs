using System.Text.Json.Serialization;

namespace Tandem.Platform.Drills;

/// <summary>What a drill saw. Times are UTC; what did not happen is null.</summary>
/// <param name="Drill">Its name.</param>
/// <param name="PredictedSeconds">How long the platform file says that users may be without the service.</param>
public sealed record DrillReport(string Drill, double PredictedSeconds)
{
    /// <summary>When the cluster was lost.</summary>
    public DateTimeOffset? FaultAt { get; init; }

    /// <summary>When a health check first failed.</summary>
    public DateTimeOffset? FirstFailedProbeAt { get; init; }

    /// <summary>When the load balancer took the cluster out.</summary>
    public DateTimeOffset? MarkedDownAt { get; init; }

    /// <summary>When DNS first answered with the standby; with a proxy, when that first preferred it.</summary>
    public DateTimeOffset? AnswerChangedAt { get; init; }

    /// <summary>When the client first had a good answer from the standby.</summary>
    public DateTimeOffset? FirstStandbySuccessAt { get; init; }

    /// <summary>When the fault was mended.</summary>
    public DateTimeOffset? HealedAt { get; init; }

    /// <summary>When the client first had a good answer from the hot cluster again.</summary>
    public DateTimeOffset? FailedBackAt { get; init; }

    /// <summary>How many requests were sent.</summary>
    public int Requests { get; init; }

    /// <summary>How many of them had no good answer.</summary>
    public int FailedRequests => Failures.Sum(f => f.Count);

    /// <summary>Why they had none.</summary>
    public IReadOnlyList<DrillFailures> Failures { get; init; } = [];

    /// <summary>From the fault to the first good answer of the standby, in seconds; null where there was none.</summary>
    public double? MeasuredSeconds => FirstStandbySuccessAt is { } at && FaultAt is { } fault ? Math.Round((at - fault).TotalSeconds, 3) : null;

    /// <summary>Whether the drill waited for the hot cluster to serve again.</summary>
    [JsonIgnore]
    public bool WaitsForFailback { get; init; }

    /// <summary>Whether the service came back within what was predicted, and returned to the hot cluster where it should.</summary>
    public bool Passed => MeasuredSeconds <= PredictedSeconds && (!WaitsForFailback || FailedBackAt is not null);
}
