namespace Tandem.Platform.Drills;

/// <summary>Breaks through the APIs where that is possible, and on the machine where it is not.</summary>
/// <param name="pods">Through the Kubernetes API.</param>
/// <param name="release">By a release that cannot work; see <see cref="BadRelease"/>.</param>
/// <param name="machine">On the machine; null where the clusters are somebody else's.</param>
public sealed class DrillFaults(PodFaults pods, Func<CancellationToken, Task> release, IMachineFaults? machine)
{
    /// <summary>Breaks something.</summary>
    /// <exception cref="DrillException">There is nothing to break, or this platform does not offer it.</exception>
    public Task InjectAsync(Fault fault, CancellationToken cancellationToken) =>
        fault.Kind == FaultKind.BadRelease ? release(cancellationToken)
        : fault.ActsThroughApi ? pods.InjectAsync(fault, cancellationToken) : Machine.InjectAsync(fault, cancellationToken);

    /// <summary>Heals something; what does not last needs none.</summary>
    public Task HealAsync(Fault fault, CancellationToken cancellationToken) => fault.Lasts ? Machine.HealAsync(fault, cancellationToken) : Task.CompletedTask;

    private IMachineFaults Machine => machine ?? throw new DrillException("this drill needs embedded clusters");
}

/// <summary>A drill could not be done; nothing is broken.</summary>
public sealed class DrillException(string message) : Exception(message);
