namespace Tandem.Platform.Drills;

/// <summary>A drill on one platform.</summary>
/// <param name="Drill">What is done.</param>
/// <param name="Prediction">How long the steps may take.</param>
/// <param name="Hot">What the client's requests to the hot cluster show: its address, or its pool's name where a proxy is between.</param>
/// <param name="Standby">The same of the standby.</param>
/// <param name="RequestsPerSecond">How many requests the client sends a second, at least 1.</param>
/// <param name="WaitsForFailback">Whether traffic returns by itself.</param>
public sealed record DrillPlan(Drill Drill, DrillPrediction Prediction, string Hot, string Standby, int RequestsPerSecond, bool WaitsForFailback)
{
    /// <summary>hot or standby, by what a request or an answer shows; null for anything else.</summary>
    public string? ClusterOf(string? target) => target == Hot ? "hot" : target == Standby ? "standby" : null;
}

/// <summary>How long the steps of a drill may take.</summary>
/// <param name="Recovery">How long users may be without the service: from the fault, or from the healing where nobody can serve.</param>
/// <param name="Detection">From the fault until the load balancer has taken the cluster out.</param>
public sealed record DrillPrediction(TimeSpan Recovery, TimeSpan Detection)
{
    /// <summary>The longer of the two: with a proxy users are back before the cluster is taken out.</summary>
    public TimeSpan Longest => Recovery > Detection ? Recovery : Detection;
}
