using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Keeps the numbered pods of a StatefulSet and their claims.</summary>
internal sealed class StatefulSetController : Controller
{
    private const string Component = "statefulset-controller";
    private const string HashLabel = "controller.kubernetes.io/hash";

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;
    private readonly RevisionHistory _history;

    public StatefulSetController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<StatefulSetController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        _history = new RevisionHistory(client);
        informers.StatefulSets.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c =>
        {
            var pod = (c.New ?? c.Old)!;
            if (pod.Metadata.Controller() is { Kind: "StatefulSet" } owner)
                Enqueue(pod.Metadata.NamespaceProperty, owner.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var set in Informers.StatefulSets.All)
            Enqueue(set.Metadata.NamespaceProperty, set.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var set = await FindAsync(() => _client.AppsV1.ReadNamespacedStatefulSetAsync(name, @namespace, cancellationToken: cancellationToken));
        if (set is null)
            return;
        set.ApiVersion = "apps/v1";
        set.Kind = "StatefulSet";
        var pods = await PodsAsync(set, cancellationToken);
        var (revisions, collisions) = await _history.SyncAsync(
            set, set.Spec.Selector, set.Spec.Template, HashLabel, set.Status?.CollisionCount ?? 0, cancellationToken);
        var update = revisions[^1];
        var current = revisions.FirstOrDefault(r => r.Metadata.Name == set.Status?.CurrentRevision) ?? update;
        if (set.Metadata.DeletionTimestamp is null)
        {
            await KeepClaimsAsync(set, pods, cancellationToken);
            foreach (var step in StatefulPods.Next(set, pods, update.Metadata.Name, Time.GetUtcNow().UtcDateTime))
                await DoAsync(set, step, step is StatefulStep.Create { Updated: true } ? update : current, cancellationToken);
            pods = await PodsAsync(set, cancellationToken);
        }

        await UpdateStatusAsync(set, pods, current.Metadata.Name, update.Metadata.Name, collisions, cancellationToken);
        await _history.TruncateAsync(
            revisions,
            r => r == update || r == current || pods.Any(p => StatefulPods.RevisionOf(p) == r.Metadata.Name),
            set.Spec.RevisionHistoryLimit ?? 10,
            cancellationToken);
    }

    private Task<List<V1Pod>> PodsAsync(V1StatefulSet set, CancellationToken cancellationToken) =>
        PodTemplates.OwnAsync(_client, set, set.Spec.Selector, p => StatefulPods.OrdinalOf(set.Metadata.Name, p.Metadata.Name) >= 0, cancellationToken);

    private async Task DoAsync(V1StatefulSet set, StatefulStep step, V1ControllerRevision revision, CancellationToken cancellationToken)
    {
        if (step is StatefulStep.Create create)
        {
            await CreateAsync(set, StatefulIdentity.PodFor(set, RevisionHistory.TemplateOf(revision), create.Ordinal, revision.Metadata.Name), create.Ordinal, cancellationToken);
            return;
        }

        var pod = ((StatefulStep.Delete)step).Pod;
        if (pod.Status?.Phase == "Failed")
            _events.Record(set, "Warning", "RecreatingFailedPod", $"StatefulSet {set.Metadata.NamespaceProperty}/{set.Metadata.Name} is recreating failed Pod {pod.Metadata.Name}", Component);
        await _client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        _events.Record(set, "Normal", "SuccessfulDelete", $"delete Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name} successful", Component);
    }

    private async Task CreateAsync(V1StatefulSet set, V1Pod pod, int ordinal, CancellationToken cancellationToken)
    {
        var what = $"Pod {pod.Metadata.Name} in StatefulSet {set.Metadata.Name}";
        try
        {
            foreach (var claim in StatefulIdentity.ClaimsFor(set, ordinal))
            {
                if (await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(claim.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken)) is not null)
                    continue;
                await _client.CoreV1.CreateNamespacedPersistentVolumeClaimAsync(claim, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
                _events.Record(set, "Normal", "SuccessfulCreate", $"create Claim {claim.Metadata.Name} {what} success", Component);
            }

            await _client.CoreV1.CreateNamespacedPodAsync(pod, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(set, "Normal", "SuccessfulCreate", $"create {what} successful", Component);
        }
        catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode != System.Net.HttpStatusCode.Conflict)
        {
            _events.Record(set, "Warning", "FailedCreate", $"create {what} failed error: {KubernetesJson.Deserialize<V1Status>(e.Response.Content).Message}", Component);
            throw;
        }
    }

    /// <summary>The claims' owners, by which they go with the set or with a pod that is scaled away.</summary>
    private async Task KeepClaimsAsync(V1StatefulSet set, List<V1Pod> pods, CancellationToken cancellationToken)
    {
        foreach (var pod in pods)
        {
            foreach (var wanted in StatefulIdentity.ClaimsFor(set, StatefulPods.OrdinalOf(set.Metadata.Name, pod.Metadata.Name)))
            {
                var claim = await FindAsync(() => _client.CoreV1.ReadNamespacedPersistentVolumeClaimAsync(wanted.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken));
                if (claim is null)
                    continue;
                var owners = StatefulIdentity.ClaimOwners(set, pod, claim.Metadata.OwnerReferences ?? []);
                if (KubernetesJson.Serialize(owners) == KubernetesJson.Serialize(claim.Metadata.OwnerReferences ?? []))
                    continue;
                claim.Metadata.OwnerReferences = owners;
                await _client.CoreV1.ReplaceNamespacedPersistentVolumeClaimAsync(claim, claim.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            }
        }
    }

    private async Task UpdateStatusAsync(V1StatefulSet set, List<V1Pod> pods, string current, string update, int collisions, CancellationToken cancellationToken)
    {
        var status = StatefulStatus.Of(set, pods, current, update, Time.GetUtcNow().UtcDateTime);
        status.CollisionCount = collisions;
        if (status.AvailableReplicas < status.ReadyReplicas)
            Queue.AddAfter($"{set.Metadata.NamespaceProperty}/{set.Metadata.Name}", TimeSpan.FromSeconds(1));
        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(set.Status))
            return;
        set.Status = status;
        await _client.AppsV1.ReplaceNamespacedStatefulSetStatusAsync(set, set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);

        // What was completed may allow the next step.
        Enqueue(set.Metadata.NamespaceProperty, set.Metadata.Name);
    }
}
