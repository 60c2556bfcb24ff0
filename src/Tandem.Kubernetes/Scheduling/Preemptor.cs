using k8s;
using k8s.Autorest;
using k8s.Models;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Makes room for pods that fit nowhere.</summary>
internal sealed class Preemptor(IKubernetes client, EventRecorder events, TimeProvider time)
{
    /// <summary>Deletes pods of lower priority where that makes room.</summary>
    /// <returns>The node where room is made, or why there is none, in the scheduler's words.</returns>
    public async Task<(string? Node, string Message)> PreemptAsync(
        V1Pod pod, IReadOnlyList<V1Node> nodes, IReadOnlyList<V1Pod> pods, CancellationToken cancellationToken)
    {
        if (Preemption.Ineligible(pod, pods) is { } why)
            return (pod.Status?.NominatedNodeName, $"preemption: {why}");
        var budgets = (await client.PolicyV1.ListPodDisruptionBudgetForAllNamespacesAsync(cancellationToken: cancellationToken)).Items;
        if (Preemption.Best(pod, nodes, pods, [.. budgets]) is not { } plan)
            return (null, Refusal(pod, nodes));
        foreach (var victim in plan.Victims.Where(v => v.Metadata.DeletionTimestamp is null))
            await EvictAsync(victim, pod, plan.Node.Metadata.Name, cancellationToken);
        foreach (var rival in pods.Where(p => string.IsNullOrEmpty(p.Spec.NodeName)
            && p.Status?.NominatedNodeName == plan.Node.Metadata.Name && Occupancy.Priority(p) < Occupancy.Priority(pod)))
            await PatchAsync(rival, new { status = new { nominatedNodeName = (string?)null } }, cancellationToken);
        return (plan.Node.Metadata.Name, "");
    }

    private async Task EvictAsync(V1Pod victim, V1Pod preemptor, string node, CancellationToken cancellationToken)
    {
        try
        {
            await PodDisruption.MarkAsync(
                client, victim, "PreemptionByScheduler", $"{Scheduler.Name}: preempting to accommodate a higher priority pod", time.GetUtcNow(), phase: null, cancellationToken);
            await PodDisruption.DeleteAsync(client, victim, graceSeconds: null, cancellationToken);
        }
        catch (HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.NotFound)
        {
            // It went by itself.
            return;
        }

        victim.ApiVersion = "v1";
        victim.Kind = "Pod";
        events.Record(victim, "Normal", "Preempted", $"Preempted by pod {preemptor.Metadata.Uid} on node {node}", Scheduler.Name);
    }

    private Task<V1Pod> PatchAsync(V1Pod pod, object patch, CancellationToken cancellationToken) => client.CoreV1.PatchNamespacedPodStatusAsync(
        new V1Patch(System.Text.Json.JsonSerializer.Serialize(patch), V1Patch.PatchType.StrategicMergePatch),
        pod.Metadata.Name,
        pod.Metadata.NamespaceProperty,
        cancellationToken: cancellationToken);

    private static string Refusal(V1Pod pod, IReadOnlyList<V1Node> nodes)
    {
        var reasons = nodes.Select(n => Placement.Fits(pod, n) ? "No preemption victims found for incoming pod" : "Preemption is not helpful for scheduling");
        return $"preemption: 0/{nodes.Count} nodes are available: {string.Join(", ", reasons.GroupBy(r => r).OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => $"{g.Count()} {g.Key}"))}.";
    }
}
