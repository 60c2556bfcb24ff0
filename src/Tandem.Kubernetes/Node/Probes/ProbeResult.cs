namespace Tandem.Kubernetes.Node.Probes;

/// <summary>The answer to one probe.</summary>
/// <param name="Success">Null where it could not be asked, which counts neither way.</param>
/// <param name="Output">What to say about it.</param>
internal readonly record struct ProbeResult(bool? Success, string Output);
