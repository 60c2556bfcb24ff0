namespace Tandem.Kubernetes.Api.Metrics;

/// <summary>What something used over a window.</summary>
/// <param name="NanoCores">Processor time a second, in billionths of a core.</param>
/// <param name="MemoryBytes">The working set at the end of the window.</param>
internal sealed record Usage(long NanoCores, long MemoryBytes);
