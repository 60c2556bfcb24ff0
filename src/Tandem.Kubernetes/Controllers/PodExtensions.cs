using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>What controllers ask of pods.</summary>
internal static class PodExtensions
{
    public static bool IsReady(this V1Pod pod) => pod.Status?.Conditions?.Any(c => c is { Type: "Ready", Status: "True" }) ?? false;

    public static bool IsActive(this V1Pod pod) => pod.Status?.Phase is not ("Succeeded" or "Failed") && pod.Metadata.DeletionTimestamp is null;

    /// <summary>Ready for at least so many seconds.</summary>
    public static bool IsAvailable(this V1Pod pod, int minReadySeconds, DateTime now)
    {
        if (!pod.IsReady())
            return false;
        var since = pod.Status.Conditions.First(c => c.Type == "Ready").LastTransitionTime;
        return minReadySeconds == 0 || (since is { } s && WallClock.Since(s, now) >= TimeSpan.FromSeconds(minReadySeconds));
    }

    public static V1OwnerReference? Controller(this V1ObjectMeta metadata) => metadata.OwnerReferences?.FirstOrDefault(o => o.Controller == true);

    public static bool IsControlledBy(this V1ObjectMeta metadata, V1ObjectMeta owner) => metadata.Controller()?.Uid == owner.Uid;

    public static bool Matches(this V1LabelSelector selector, IDictionary<string, string>? labels)
    {
        labels ??= new Dictionary<string, string>();
        return (selector.MatchLabels ?? new Dictionary<string, string>()).All(l => labels.TryGetValue(l.Key, out var v) && v == l.Value)
            && (selector.MatchExpressions ?? []).All(e => new Resources.LabelSelector.Requirement(e.Key, e.OperatorProperty, [.. e.Values ?? []]).Matches(labels.AsReadOnly()));
    }

    /// <summary>The selector as a query.</summary>
    public static string ToQuery(this V1LabelSelector selector) => new Resources.LabelSelector(
    [
        .. (selector.MatchLabels ?? new Dictionary<string, string>()).Select(l => new Resources.LabelSelector.Requirement(l.Key, "In", [l.Value])),
        .. (selector.MatchExpressions ?? []).Select(e => new Resources.LabelSelector.Requirement(e.Key, e.OperatorProperty, [.. e.Values ?? []])),
    ]).ToString();
}
