namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>One attempt of a check that is under way.</summary>
internal sealed record Probe(int Target, DateTimeOffset StartedAt, TimeSpan Started, TimeSpan AttemptStarted, bool Suspect, int Attempt)
{
    public required TimeSpan ConnectTimeout { get; init; }

    /// <summary>Of the attempt.</summary>
    public required TimeSpan Ends { get; set; }

    public required Outcome Outcome { get; set; }

    /// <summary>When the check counts as slow; null where that was said, or does not matter.</summary>
    public TimeSpan? SlowAt { get; set; }

    /// <summary>Whether a failure would be the load balancer's own network's.</summary>
    public bool Own { get; set; }

    /// <summary>What happens next to it, and when.</summary>
    public TimeSpan Next => SlowAt is { } slow && slow < Ends ? slow : Ends;
}
