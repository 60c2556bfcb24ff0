using System.Globalization;

namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>What a simulation did.</summary>
internal sealed record Tally
{
    public long Episodes { get; set; }

    public long Faults { get; set; }

    public long Restarts { get; set; }

    /// <summary>Checks that were run.</summary>
    public long Checks { get; set; }

    /// <summary>Checks of quiet stretches, that would have changed nothing.</summary>
    public double Skipped { get; set; }

    /// <summary>Answers that went from hot to standby.</summary>
    public long Failovers { get; set; }

    public long Failbacks { get; set; }

    public static Tally operator +(Tally a, Tally b) => new()
    {
        Episodes = a.Episodes + b.Episodes,
        Faults = a.Faults + b.Faults,
        Restarts = a.Restarts + b.Restarts,
        Checks = a.Checks + b.Checks,
        Skipped = a.Skipped + b.Skipped,
        Failovers = a.Failovers + b.Failovers,
        Failbacks = a.Failbacks + b.Failbacks,
    };

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Episodes} episodes, {Faults} faults, {Restarts} restarts, {Checks} checks run and {Skipped:0.00e0} skipped, {Failovers} failovers, {Failbacks} failbacks");
}
