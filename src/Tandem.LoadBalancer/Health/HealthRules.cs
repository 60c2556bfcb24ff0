namespace Tandem.LoadBalancer.Health;

/// <summary>What a target's health is decided by.</summary>
/// <param name="Down">Failed checks that take a healthy target down, at least 1.</param>
/// <param name="Up">Passed checks in a row that bring a target back, and that clear earlier failures of a healthy one, at least 1.</param>
/// <param name="HoldBase">How long a target must stay good before traffic returns after its second flip within the window.</param>
/// <param name="FlapWindow">How long a flip is remembered.</param>
/// <param name="MaxHold">The longest a target can be held back.</param>
public sealed record HealthRules(int Down, int Up, TimeSpan HoldBase, TimeSpan FlapWindow, TimeSpan MaxHold)
{
    /// <summary>
    /// How long a target must have been good before it gets traffic, after it went down this many times within the window:
    /// nothing more than its passed checks after the first, then the base, doubled with every further one.
    /// </summary>
    public TimeSpan Hold(int flips) => flips < 2
        ? TimeSpan.Zero
        : TimeSpan.FromSeconds(Math.Min(MaxHold.TotalSeconds, HoldBase.TotalSeconds * Math.Pow(2, flips - 2)));
}
