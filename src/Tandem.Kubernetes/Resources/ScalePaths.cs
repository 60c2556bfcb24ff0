namespace Tandem.Kubernetes.Resources;

/// <summary>Where autoscaling/v1 Scale finds its numbers in an object. Each path is the names of fields, from the top.</summary>
/// <param name="SpecReplicas">How many are wanted.</param>
/// <param name="StatusReplicas">How many there are.</param>
/// <param name="Selector">A label selector, as text or as an object; null where the kind has none.</param>
internal sealed record ScalePaths(string[] SpecReplicas, string[] StatusReplicas, string[]? Selector)
{
    public static readonly ScalePaths Usual = new(["spec", "replicas"], ["status", "replicas"], ["spec", "selector"]);
}
