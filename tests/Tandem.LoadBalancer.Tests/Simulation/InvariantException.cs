namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>An invariant was violated.</summary>
internal sealed class InvariantException(int seed, IInvariant invariant, string violation, TimeSpan at)
    : Exception($"seed {seed}, after {at}: {invariant.GetType().Name}: {violation}")
{
    public IInvariant Invariant => invariant;

    public int Seed => seed;
}
