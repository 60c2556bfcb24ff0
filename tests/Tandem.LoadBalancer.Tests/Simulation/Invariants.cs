namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>Something that must be true at every moment.</summary>
internal interface IInvariant
{
    /// <summary>What is wrong; null for nothing.</summary>
    string? Violation(Moment moment);
}

/// <summary>All of them.</summary>
internal static class Invariants
{
    public static IReadOnlyList<IInvariant> All { get; } =
    [
        new NeverEmpty(), new RestartResumes(), new OwnNetworkDecidesNothing(), new HotServes(), new NeverLeftInVain(), new DownIsNotAnswered(),
        new DampingHolds(),
    ];
}
