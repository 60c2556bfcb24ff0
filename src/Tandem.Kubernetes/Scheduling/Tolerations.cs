using k8s.Models;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Whether pods put up with taints. Pure.</summary>
internal static class Tolerations
{
    public static bool Tolerates(V1Toleration toleration, V1Taint taint) =>
        (string.IsNullOrEmpty(toleration.Effect) || toleration.Effect == taint.Effect)
        && (string.IsNullOrEmpty(toleration.Key) ? toleration.OperatorProperty == "Exists" : toleration.Key == taint.Key)
        && (toleration.OperatorProperty == "Exists" || (toleration.Value ?? "") == (taint.Value ?? ""));

    /// <summary>
    /// How long a pod may stay where these taints with the effect NoExecute are: null for ever, zero where it does not put up with
    /// one of them. Of several tolerations for a taint the first counts, of several times the shortest.
    /// </summary>
    public static TimeSpan? Stay(V1Pod pod, IEnumerable<V1Taint> taints)
    {
        TimeSpan? shortest = null;
        foreach (var taint in taints)
        {
            if ((pod.Spec.Tolerations ?? []).FirstOrDefault(t => Tolerates(t, taint)) is not { } toleration)
                return TimeSpan.Zero;
            if (toleration.TolerationSeconds is { } seconds && !(shortest?.TotalSeconds <= seconds))
                shortest = TimeSpan.FromSeconds(Math.Max(0, seconds));
        }

        return shortest;
    }
}
