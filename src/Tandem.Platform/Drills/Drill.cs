namespace Tandem.Platform.Drills;

/// <summary>A drill, as data: what is broken, and what users are promised all the same.</summary>
/// <param name="Name">As on the command line.</param>
/// <param name="Summary">What is done, in one sentence.</param>
/// <param name="Faults">What is broken, in this order.</param>
/// <param name="Expectation">What must come of it.</param>
public sealed record Drill(string Name, string Summary, IReadOnlyList<Fault> Faults, Expectation Expectation)
{
    /// <summary>The share of requests that may fail from the fault to the healing where the service must keep serving, 0 to 1.</summary>
    public double MostFailed { get; init; }

    /// <summary>Whether all of it is done through the two APIs, so that any cluster will do.</summary>
    public bool ActsThroughApi => Faults.All(f => f.ActsThroughApi);
}

/// <summary>What must come of a fault.</summary>
public enum Expectation
{
    /// <summary>Users reach the standby within the prediction.</summary>
    FailsOver,

    /// <summary>Users are served within the prediction, by whichever cluster is first.</summary>
    Recovers,

    /// <summary>Users are served all the time, and traffic stays where it is.</summary>
    KeepsServing,

    /// <summary>Nobody can serve; users are served within the prediction once the fault is healed.</summary>
    ComesBack,
}
