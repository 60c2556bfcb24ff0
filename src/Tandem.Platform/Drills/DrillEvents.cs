namespace Tandem.Platform.Drills;

/// <summary>A drill's timeline in words.</summary>
public static class DrillEvents
{
    /// <summary>What can happen in a drill, in the usual order, and when it did; null where it did not.</summary>
    public static IReadOnlyList<(string What, DateTimeOffset? At)> Of(DrillReport report) =>
    [
        ("fault", report.FaultAt),
        ("first failed probe", report.FirstFailedProbeAt),
        ("marked down", report.MarkedDownAt),
        ("the load balancer's answer changed", report.AnswerChangedAt),
        ("first success on the standby", report.FirstStandbySuccessAt),
        ("healed", report.HealedAt),
        ("hot cluster serves again", report.FailedBackAt),
        ("as it was found", report.RestoredAt),
    ];
}
