namespace Tandem.Kubernetes.Node.Status;

/// <summary>What the probes say of a running container.</summary>
/// <param name="Started">Passed its startup probe, or has none.</param>
/// <param name="Ready">Started, and passed its readiness probe or has none.</param>
internal readonly record struct ContainerHealth(bool Started, bool Ready);

/// <summary>Why a container is not there yet, or not again.</summary>
internal sealed record WaitingReason(string Reason, string? Message = null);
