namespace Tandem.Kubernetes.Api.Metrics;

/// <summary>What a node and its pods used.</summary>
/// <param name="NodeName">The node.</param>
/// <param name="Timestamp">The end of the window.</param>
/// <param name="Window">How long was measured.</param>
/// <param name="Node">The whole machine.</param>
/// <param name="Pods">By the pods' uid, then by the names of their running containers. A pod is left out until all of these have been
/// measured twice.</param>
internal sealed record UsageReport(
    string NodeName, DateTimeOffset Timestamp, TimeSpan Window, Usage Node, IReadOnlyDictionary<string, IReadOnlyDictionary<string, Usage>> Pods);
