namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>What is wrong with a cluster, or with the way to it.</summary>
internal enum Ailment
{
    /// <summary>Nothing: answers within 50 ms.</summary>
    None,

    /// <summary>Some checks are lost.</summary>
    Loss,

    /// <summary>Answers late, some after the timeout.</summary>
    Slow,

    /// <summary>Swallows every packet.</summary>
    BlackHole,

    /// <summary>Refuses connections, or answers with an error.</summary>
    Refuses,

    /// <summary>Accepts, and never answers.</summary>
    Silent,

    /// <summary>This cluster alone has no route.</summary>
    NoRoute,
}

/// <summary>How one probe ends.</summary>
internal enum Outcome
{
    Passed,
    Failed,
    TimedOut,
    Unreachable,
}

/// <summary>The state of a cluster.</summary>
/// <param name="Ailment">What is wrong.</param>
/// <param name="Severity">The share of lost checks, or the longest answer as a multiple of the timeout.</param>
internal readonly record struct Condition(Ailment Ailment, double Severity = 0)
{
    /// <summary>The longest answer of a cluster that is well.</summary>
    public static readonly TimeSpan Well = TimeSpan.FromMilliseconds(50);

    /// <summary>Passes every check.</summary>
    public bool IsGood => Ailment == Ailment.None;

    /// <summary>Passes none.</summary>
    public bool IsDead => Ailment is Ailment.BlackHole or Ailment.Refuses or Ailment.Silent or Ailment.NoRoute;

    /// <summary>What a probe meets that starts now.</summary>
    public (TimeSpan Takes, Outcome Ends) Meet(Random random, TimeSpan connectTimeout, TimeSpan timeout)
    {
        var well = Well * random.NextDouble();
        switch (Ailment)
        {
            case Ailment.Loss when random.NextDouble() < Severity:
            case Ailment.BlackHole:
                return (connectTimeout, Outcome.TimedOut);
            case Ailment.Slow:
                var takes = timeout * (Severity * random.NextDouble());
                return takes < timeout ? (takes, Outcome.Passed) : (timeout, Outcome.TimedOut);
            case Ailment.Refuses:
                return (well, Outcome.Failed);
            case Ailment.Silent:
                return (timeout, Outcome.TimedOut);
            case Ailment.NoRoute:
                return (TimeSpan.FromMilliseconds(1), Outcome.Unreachable);
            default:
                return (well, Outcome.Passed);
        }
    }
}
