using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>What a Deployment says of itself; what <c>kubectl rollout status</c> and <c>wait</c> read. Pure.</summary>
internal static class DeploymentStatus
{
    public static V1DeploymentStatus Compute(V1Deployment deployment, IReadOnlyList<V1ReplicaSet> sets, V1ReplicaSet? current, int unavailable, DateTime now)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var total = sets.Sum(s => s.Status?.Replicas ?? 0);
        var available = sets.Sum(s => s.Status?.AvailableReplicas ?? 0);
        var status = new V1DeploymentStatus
        {
            ObservedGeneration = deployment.Metadata.Generation,
            Replicas = total,
            UpdatedReplicas = current?.Status?.Replicas ?? 0,
            ReadyReplicas = sets.Sum(s => s.Status?.ReadyReplicas ?? 0),
            AvailableReplicas = available,
            UnavailableReplicas = Math.Max(0, Math.Max(wanted, total) - available),
            CollisionCount = deployment.Status?.CollisionCount,
        };
        var enough = available >= wanted - unavailable;
        var conditions = new List<V1DeploymentCondition>
        {
            Condition(
                deployment,
                "Available",
                enough,
                enough ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                enough ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                now),
        };
        if (Progressing(deployment, status, current, wanted, now) is { } progressing)
            conditions.Add(progressing);
        if (sets.SelectMany(s => s.Status?.Conditions ?? []).FirstOrDefault(c => c is { Type: "ReplicaFailure", Status: "True" }) is { } failure)
            conditions.Add(Condition(deployment, "ReplicaFailure", true, failure.Reason, failure.Message, now));
        status.Conditions = conditions;
        return status;
    }

    /// <summary>When the rollout will have taken too long; null where it is over, or needs no watching.</summary>
    public static TimeSpan? Deadline(V1Deployment deployment, V1DeploymentStatus status, DateTime now)
    {
        var progressing = status.Conditions.FirstOrDefault(c => c.Type == "Progressing");
        if (progressing is not { Status: "True" } || progressing.Reason == "NewReplicaSetAvailable")
            return null;
        var left = progressing.LastUpdateTime!.Value.AddSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 600) - now;
        return left > TimeSpan.Zero ? left + TimeSpan.FromSeconds(1) : null;
    }

    private static V1DeploymentCondition? Progressing(V1Deployment deployment, V1DeploymentStatus status, V1ReplicaSet? current, int wanted, DateTime now)
    {
        var old = deployment.Status?.Conditions?.FirstOrDefault(c => c.Type == "Progressing");
        if (current is null)
            return old;
        var complete = status.UpdatedReplicas == wanted && status.Replicas == wanted && status.AvailableReplicas == wanted;
        if (complete)
            return Condition(deployment, "Progressing", true, "NewReplicaSetAvailable", $"ReplicaSet \"{current.Metadata.Name}\" has successfully progressed.", now);

        var before = deployment.Status;
        var moved = before is null
            || status.UpdatedReplicas > (before.UpdatedReplicas ?? 0)
            || status.Replicas - status.UpdatedReplicas < (before.Replicas ?? 0) - (before.UpdatedReplicas ?? 0)
            || status.ReadyReplicas > (before.ReadyReplicas ?? 0)
            || status.AvailableReplicas > (before.AvailableReplicas ?? 0)
            || old is null
            || old.Reason == "NewReplicaSetAvailable"
            || deployment.Metadata.Generation != before.ObservedGeneration;
        if (moved)
        {
            var progressing = Condition(deployment, "Progressing", true, "ReplicaSetUpdated", $"ReplicaSet \"{current.Metadata.Name}\" is progressing.", now);
            progressing.LastUpdateTime = now;
            return progressing;
        }

        var late = old!.LastUpdateTime is { } since && since.AddSeconds(deployment.Spec.ProgressDeadlineSeconds ?? 600) < now;
        return late && old.Reason != "ProgressDeadlineExceeded"
            ? Condition(deployment, "Progressing", false, "ProgressDeadlineExceeded", $"ReplicaSet \"{current.Metadata.Name}\" has timed out progressing.", now)
            : old;
    }

    private static V1DeploymentCondition Condition(V1Deployment deployment, string type, bool value, string reason, string message, DateTime now)
    {
        now = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        var status = value ? "True" : "False";
        var old = deployment.Status?.Conditions?.FirstOrDefault(c => c.Type == type);
        if (old is not null && old.Status == status && old.Reason == reason && old.Message == message)
            return old;
        return new V1DeploymentCondition
        {
            Type = type,
            Status = status,
            Reason = reason,
            Message = message,
            LastUpdateTime = now,
            LastTransitionTime = old?.Status == status ? old.LastTransitionTime : now,
        };
    }
}
