using System.Text.Json;
using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Writes the condition that tells why a pod is taken away (KEP-3329), before it is.</summary>
internal static class PodDisruption
{
    /// <param name="client">The API.</param>
    /// <param name="pod">The pod; the patch is refused where another has its name by now.</param>
    /// <param name="reason">Such as <c>DeletionByTaintManager</c>.</param>
    /// <param name="message">For people.</param>
    /// <param name="now">The wall clock.</param>
    /// <param name="phase">The phase that it has from now on, or null.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static Task<V1Pod> MarkAsync(
        IKubernetes client, V1Pod pod, string reason, string message, DateTimeOffset now, string? phase, CancellationToken cancellationToken)
    {
        var condition = new
        {
            type = "DisruptionTarget", status = "True", reason, message,
            lastTransitionTime = WallClock.Text(now),
        };
        object status = phase is null ? new { conditions = new[] { condition } } : new { phase, conditions = new[] { condition } };
        return client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(JsonSerializer.Serialize(new { metadata = new { uid = pod.Metadata.Uid }, status }), V1Patch.PatchType.StrategicMergePatch),
            pod.Metadata.Name,
            pod.Metadata.NamespaceProperty,
            cancellationToken: cancellationToken);
    }

    /// <summary>Deletes that very pod, not one that has its name by now.</summary>
    public static Task DeleteAsync(IKubernetes client, V1Pod pod, long? graceSeconds, CancellationToken cancellationToken) =>
        client.CoreV1.DeleteNamespacedPodAsync(
            pod.Metadata.Name,
            pod.Metadata.NamespaceProperty,
            new V1DeleteOptions { GracePeriodSeconds = graceSeconds, Preconditions = new V1Preconditions { Uid = pod.Metadata.Uid } },
            cancellationToken: cancellationToken);
}
