namespace Tandem.LoadBalancer.Tests.Simulation;

/// <summary>Something that is done to the world, some time after an episode began.</summary>
/// <param name="After">When.</param>
internal abstract record Fault(TimeSpan After);

/// <summary>A cluster falls ill, or is well again.</summary>
internal sealed record Falls(TimeSpan After, int Cluster, Condition Condition) : Fault(After);

/// <summary>The load balancer's machine loses its network, or has it back.</summary>
internal sealed record Partition(TimeSpan After, bool Lost) : Fault(After);

/// <summary>The load balancer is killed, and started again.</summary>
internal sealed record Restart(TimeSpan After, TimeSpan Gone) : Fault(After);

/// <summary>The wall clock is set.</summary>
internal sealed record ClockStep(TimeSpan After, TimeSpan By) : Fault(After);

/// <summary>Faults that belong together. Whatever they do, all is well at their end.</summary>
/// <param name="Name">What it is about.</param>
/// <param name="Faults">In the order of time.</param>
/// <param name="NetworkOnly">Whether nothing happens but that the load balancer loses its own network, once, and restarts.</param>
internal sealed record Episode(string Name, IReadOnlyList<Fault> Faults, bool NetworkOnly = false);
