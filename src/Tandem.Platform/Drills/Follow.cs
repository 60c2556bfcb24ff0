namespace Tandem.Platform.Drills;

/// <summary>When a drill may go on to its next step. Pure.</summary>
internal sealed class Follow(DrillPlan plan)
{
    /// <summary>So long nothing must fail before an outage counts as over, and so long beyond detection nothing may move.</summary>
    private static readonly TimeSpan Calm = TimeSpan.FromSeconds(5);

    /// <summary>Both clusters are healthy, the hot one is the answer and serves the client.</summary>
    public bool IsSteady(IReadOnlyList<DrillRequest> requests, Observation? now) =>
        now is { Answer: "hot", HotHealthy: true, StandbyHealthy: true } && requests.Any(r => r.Succeeded && r.Target == plan.Hot);

    /// <summary>It is clear what came of the fault.</summary>
    public bool IsOver(DateTimeOffset fault, DateTimeOffset now, IReadOnlyList<DrillRequest> requests, IReadOnlyList<Observation> changes) => plan.Drill.Expectation switch
    {
        Expectation.FailsOver => Served(plan.Standby, fault, requests) && changes.Any(o => o.At > fault && o.Answer == "standby"),
        Expectation.Recovers => now - fault > plan.Prediction.Detection + Calm && !requests.Any(r => !r.Succeeded && r.At > now - Calm),
        Expectation.KeepsServing => now - fault > plan.Prediction.Detection + Calm,
        _ => changes[^1] is { HotHealthy: false, StandbyHealthy: false },
    };

    /// <summary>Both clusters are healthy, and where traffic returns by itself the hot one serves the client.</summary>
    public bool IsAsFound(DateTimeOffset since, IReadOnlyList<DrillRequest> requests, Observation? now) =>
        now is { HotHealthy: true, StandbyHealthy: true }
        && (!plan.WaitsForFailback || (now.Answer == "hot" && Served(plan.Hot, since, requests)));

    private static bool Served(string target, DateTimeOffset after, IReadOnlyList<DrillRequest> requests) =>
        requests.Any(r => r.Succeeded && r.Target == target && r.At > after);
}
