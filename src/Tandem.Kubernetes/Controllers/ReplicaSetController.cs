using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Keeps as many pods as a ReplicaSet wants.</summary>
internal sealed class ReplicaSetController : Controller
{
    private const string Component = "replicaset-controller";

    /// <summary>At most so many creations or deletions in one round, as the real one.</summary>
    private const int Burst = 500;

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;

    public ReplicaSetController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<ReplicaSetController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.ReplicaSets.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c => EnqueueOwner((c.New ?? c.Old)!);
    }

    protected override void EnqueueAll()
    {
        foreach (var set in Informers.ReplicaSets.All)
            Enqueue(set.Metadata.NamespaceProperty, set.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var set = await FindAsync(() => _client.AppsV1.ReadNamespacedReplicaSetAsync(name, @namespace, cancellationToken: cancellationToken));
        if (set is null)
            return;
        set.ApiVersion = "apps/v1";
        set.Kind = "ReplicaSet";
        var own = await PodTemplates.OwnAsync(_client, set, set.Spec.Selector, null, cancellationToken);
        var active = own.Where(p => p.IsActive()).ToList();
        if (set.Metadata.DeletionTimestamp is null)
            active = await ScaleAsync(set, active, cancellationToken);
        await UpdateStatusAsync(set, active, cancellationToken);
    }

    private async Task<List<V1Pod>> ScaleAsync(V1ReplicaSet set, List<V1Pod> active, CancellationToken cancellationToken)
    {
        var difference = (set.Spec.Replicas ?? 1) - active.Count;
        if (difference > 0)
        {
            var created = await Task.WhenAll(Enumerable.Range(0, Math.Min(difference, Burst)).Select(_ => CreateAsync(set, cancellationToken)));
            return [.. active, .. created];
        }

        var surplus = active.OrderBy(DeletionRank).ThenByDescending(p => p.Metadata.CreationTimestamp).Take(Math.Min(-difference, Burst)).ToList();
        await Task.WhenAll(surplus.Select(p => DeleteAsync(set, p, cancellationToken)));
        return [.. active.Except(surplus)];
    }

    /// <summary>Whom it hurts least: the unscheduled, the pending, the unready, then the youngest.</summary>
    private static int DeletionRank(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) ? 0 : pod.Status?.Phase != "Running" ? 1 : !pod.IsReady() ? 2 : 3;

    private async Task<V1Pod> CreateAsync(V1ReplicaSet set, CancellationToken cancellationToken)
    {
        try
        {
            var pod = await _client.CoreV1.CreateNamespacedPodAsync(PodTemplates.Pod(set.Spec.Template, set), set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(set, "Normal", "SuccessfulCreate", $"Created pod: {pod.Metadata.Name}", Component);
            return pod;
        }
        catch (k8s.Autorest.HttpOperationException e)
        {
            var why = KubernetesJson.Deserialize<V1Status>(e.Response.Content).Message;
            _events.Record(set, "Warning", "FailedCreate", $"Error creating: {why}", Component);
            await ReportFailureAsync(set, why, cancellationToken);
            throw;
        }
    }

    private async Task DeleteAsync(V1ReplicaSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        await _client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        _events.Record(set, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}", Component);
    }

    private async Task UpdateStatusAsync(V1ReplicaSet set, List<V1Pod> active, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var minReady = set.Spec.MinReadySeconds ?? 0;
        var labels = set.Spec.Template.Metadata?.Labels ?? new Dictionary<string, string>();
        var failed = active.Count >= (set.Spec.Replicas ?? 1) ? null : set.Status?.Conditions;
        var status = new V1ReplicaSetStatus
        {
            Replicas = active.Count,
            FullyLabeledReplicas = active.Count(p => labels.All(l => p.Metadata.Labels?.TryGetValue(l.Key, out var v) == true && v == l.Value)),
            ReadyReplicas = active.Count(p => p.IsReady()),
            AvailableReplicas = active.Count(p => p.IsAvailable(minReady, now)),
            ObservedGeneration = set.Metadata.Generation,
            Conditions = failed,
        };
        if (status.AvailableReplicas < status.ReadyReplicas)
            Queue.AddAfter($"{set.Metadata.NamespaceProperty}/{set.Metadata.Name}", TimeSpan.FromSeconds(1));
        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(set.Status ?? new V1ReplicaSetStatus()))
            return;
        set.Status = status;
        await _client.AppsV1.ReplaceNamespacedReplicaSetStatusAsync(set, set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private async Task ReportFailureAsync(V1ReplicaSet set, string why, CancellationToken cancellationToken)
    {
        var patch = new
        {
            status = new
            {
                conditions = new[] { new { type = "ReplicaFailure", status = "True", reason = "FailedCreate", message = why, lastTransitionTime = WallClock.Text(Time.GetUtcNow()) } },
            },
        };
        await _client.AppsV1.PatchNamespacedReplicaSetStatusAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private void EnqueueOwner(V1Pod pod)
    {
        if (pod.Metadata.Controller() is { } owner)
        {
            if (owner.Kind == "ReplicaSet")
                Enqueue(pod.Metadata.NamespaceProperty, owner.Name);
            return;
        }

        foreach (var set in Informers.ReplicaSets.All)
            if (set.Metadata.NamespaceProperty == pod.Metadata.NamespaceProperty && set.Spec.Selector.Matches(pod.Metadata.Labels))
                Enqueue(set.Metadata.NamespaceProperty, set.Metadata.Name);
    }
}
