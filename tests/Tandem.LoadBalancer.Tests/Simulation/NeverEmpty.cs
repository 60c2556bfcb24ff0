namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>
/// Once settled, DNS never answers without an address; and it settles when each target has been checked once, at the latest
/// after the longest check (timeout · (retries + 1)) and one second.
/// </summary>
internal sealed class NeverEmpty : IInvariant
{
    public string? Violation(Moment moment) =>
        moment is { Answering: true, Addresses: 0 } ? "the answer is empty"
        : !moment.Answering && moment.Now - moment.StartedAt > moment.Plan.Longest + TimeSpan.FromSeconds(1) + moment.Plan.Timing.Interval
            ? "no answer though the first round of checks must have ended"
            : null;
}
