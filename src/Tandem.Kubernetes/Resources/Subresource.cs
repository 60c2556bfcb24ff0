namespace Tandem.Kubernetes.Resources;

/// <summary>A subresource as discovery lists it.</summary>
internal sealed record Subresource(string Name, string Kind, IReadOnlyList<string> Verbs, string? Group = null, string? Version = null);
