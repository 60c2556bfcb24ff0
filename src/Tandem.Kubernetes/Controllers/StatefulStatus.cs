using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>The status of a StatefulSet from its pods. Pure.</summary>
internal static class StatefulStatus
{
    /// <param name="set">The set.</param>
    /// <param name="pods">Its pods.</param>
    /// <param name="current">The revision that is being replaced; the same as <paramref name="update"/> between rollouts.</param>
    /// <param name="update">The revision of the present template.</param>
    /// <param name="now">The time, in UTC.</param>
    public static V1StatefulSetStatus Of(V1StatefulSet set, IReadOnlyList<V1Pod> pods, string current, string update, DateTime now)
    {
        var status = new V1StatefulSetStatus
        {
            ObservedGeneration = set.Metadata.Generation,
            Replicas = pods.Count,
            ReadyReplicas = Zero(pods.Count(p => p.Status?.Phase == "Running" && p.IsReady())),
            AvailableReplicas = pods.Count(p => p.Status?.Phase == "Running" && p.IsAvailable(set.Spec.MinReadySeconds ?? 0, now)),
            CurrentReplicas = Zero(Count(current)),
            UpdatedReplicas = Zero(Count(update)),
            CurrentRevision = current,
            UpdateRevision = update,
            Conditions = set.Status?.Conditions,
        };

        // The rollout is over once all are updated and ready.
        if (set.Spec.UpdateStrategy?.Type != "OnDelete" && status.UpdatedReplicas == status.Replicas && status.ReadyReplicas == status.Replicas)
        {
            status.CurrentRevision = update;
            status.CurrentReplicas = status.UpdatedReplicas;
        }

        return status;

        int Count(string revision) => pods.Count(p => p.Metadata.DeletionTimestamp is null && StatefulPods.RevisionOf(p) == revision);
    }

    /// <summary>The real server leaves these fields out where they are zero.</summary>
    private static int? Zero(int count) => count == 0 ? null : count;
}
