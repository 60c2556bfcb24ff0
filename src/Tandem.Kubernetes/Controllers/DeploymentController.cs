using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Rolls a Deployment's template out over ReplicaSets, one a revision.</summary>
internal sealed class DeploymentController : Controller
{
    private const string Component = "deployment-controller";
    private const string Revision = "deployment.kubernetes.io/revision";
    private const string DesiredReplicas = "deployment.kubernetes.io/desired-replicas";
    private const string MaxReplicas = "deployment.kubernetes.io/max-replicas";

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;

    public DeploymentController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<DeploymentController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.Deployments.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.ReplicaSets.Changed += c => EnqueueOwner((c.New ?? c.Old)!.Metadata);

        // Recreate waits for the last pod of the old set to be gone.
        informers.Pods.Changed += c =>
        {
            if (c.New is null && c.Old!.Metadata.Controller() is { Kind: "ReplicaSet" } owner
                && informers.ReplicaSets.Informer.Cache.TryGetValue($"{c.Old.Metadata.NamespaceProperty}/{owner.Name}", out var set))
                EnqueueOwner(set.Metadata);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var deployment in Informers.Deployments.All)
            Enqueue(deployment.Metadata.NamespaceProperty, deployment.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var deployment = await FindAsync(() => _client.AppsV1.ReadNamespacedDeploymentAsync(name, @namespace, cancellationToken: cancellationToken));
        if (deployment is null)
            return;
        deployment.ApiVersion = "apps/v1";
        deployment.Kind = "Deployment";
        var sets = await OwnSetsAsync(deployment, cancellationToken);
        if (deployment.Metadata.DeletionTimestamp is not null)
        {
            await UpdateStatusAsync(deployment, sets, null, cancellationToken);
            return;
        }

        var current = sets.FirstOrDefault(s => PodTemplates.Same(s.Spec.Template, deployment.Spec.Template));
        var paused = deployment.Spec.Paused == true;
        if (current is null && !paused)
        {
            if (deployment.Spec.Strategy?.Type == "Recreate" && !await OldIsGoneAsync(sets, cancellationToken))
            {
                await UpdateStatusAsync(deployment, sets, null, cancellationToken);
                return;
            }

            current = await CreateSetAsync(deployment, sets, cancellationToken);
            sets.Add(current);
        }
        else if (current is not null)
        {
            current = await AnnotateAsync(deployment, current, sets, cancellationToken);
        }

        await ScaleAsync(deployment, sets, current, paused, cancellationToken);
        await UpdateStatusAsync(deployment, sets, current, cancellationToken);
        await CleanUpAsync(deployment, sets, current, cancellationToken);
    }

    /// <summary>Its ReplicaSets, the oldest first; those that match it and belong to nobody become its own.</summary>
    private async Task<List<V1ReplicaSet>> OwnSetsAsync(V1Deployment deployment, CancellationToken cancellationToken)
    {
        var own = new List<V1ReplicaSet>();
        var matching = await _client.AppsV1.ListNamespacedReplicaSetAsync(
            deployment.Metadata.NamespaceProperty, labelSelector: deployment.Spec.Selector.ToQuery(), cancellationToken: cancellationToken);
        foreach (var set in matching.Items.OrderBy(s => s.Metadata.CreationTimestamp))
        {
            if (set.Metadata.IsControlledBy(deployment.Metadata))
                own.Add(set);
            else if (set.Metadata.Controller() is null && set.Metadata.DeletionTimestamp is null && deployment.Metadata.DeletionTimestamp is null)
                own.Add(await AdoptAsync(deployment, set, cancellationToken));
        }

        return own;
    }

    private async Task<V1ReplicaSet> AdoptAsync(V1Deployment deployment, V1ReplicaSet set, CancellationToken cancellationToken)
    {
        var patch = new { metadata = new { uid = set.Metadata.Uid, ownerReferences = new[] { PodTemplates.Reference(deployment) } } };
        return await _client.AppsV1.PatchNamespacedReplicaSetAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.StrategicMergePatch), set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private async Task ScaleAsync(V1Deployment deployment, List<V1ReplicaSet> sets, V1ReplicaSet? current, bool paused, CancellationToken cancellationToken)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var (surge, unavailable) = deployment.Spec.Strategy?.Type == "Recreate" ? (0, wanted) : RollingUpdate.Bounds(rolling?.MaxSurge, rolling?.MaxUnavailable, wanted);
        var old = sets.Where(s => s != current).ToList();
        if (paused || current is null)
        {
            // While paused only the number follows, on the set that carries the traffic.
            var active = sets.Where(s => (s.Spec.Replicas ?? 0) > 0).ToList();
            if (active.Count == 1)
                await SetReplicasAsync(deployment, active[0], wanted, wanted + surge, cancellationToken);
            return;
        }

        var all = sets.Sum(s => s.Spec.Replicas ?? 0);
        var up = RollingUpdate.ScaleUp(wanted, current.Spec.Replicas ?? 0, all, surge);
        await SetReplicasAsync(deployment, current, up, wanted + surge, cancellationToken);
        var down = RollingUpdate.ScaleDown(
            wanted, unavailable, up, current.Status?.AvailableReplicas ?? 0, [.. old.Select(s => (s.Spec.Replicas ?? 0, s.Status?.AvailableReplicas ?? 0))]);
        for (var i = 0; i < old.Count; i++)
            await SetReplicasAsync(deployment, old[i], down[i], wanted + surge, cancellationToken);
    }

    private async Task SetReplicasAsync(V1Deployment deployment, V1ReplicaSet set, int replicas, int max, CancellationToken cancellationToken)
    {
        var before = set.Spec.Replicas ?? 0;
        var desired = (deployment.Spec.Replicas ?? 1).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (before == replicas && set.Metadata.Annotations?.TryGetValue(DesiredReplicas, out var known) == true && known == desired)
            return;
        var patch = new
        {
            metadata = new
            {
                annotations = new Dictionary<string, string>
                {
                    [DesiredReplicas] = desired, [MaxReplicas] = max.ToString(System.Globalization.CultureInfo.InvariantCulture),
                },
            },
            spec = new { replicas },
        };
        var updated = await _client.AppsV1.PatchNamespacedReplicaSetAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        set.Spec.Replicas = updated.Spec.Replicas;
        if (before != replicas)
            _events.Record(deployment, "Normal", "ScalingReplicaSet", $"Scaled {(replicas > before ? "up" : "down")} replica set {set.Metadata.Name} from {before} to {replicas}", Component);
    }

    private async Task<bool> OldIsGoneAsync(List<V1ReplicaSet> sets, CancellationToken cancellationToken)
    {
        var gone = true;
        foreach (var set in sets)
        {
            if ((set.Spec.Replicas ?? 0) > 0)
            {
                await _client.AppsV1.PatchNamespacedReplicaSetScaleAsync(
                    new V1Patch("{\"spec\":{\"replicas\":0}}", V1Patch.PatchType.MergePatch), set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
                gone = false;
            }

            var pods = await _client.CoreV1.ListNamespacedPodAsync(set.Metadata.NamespaceProperty, labelSelector: set.Spec.Selector.ToQuery(), cancellationToken: cancellationToken);
            gone &= !pods.Items.Any(p => p.Metadata.IsControlledBy(set.Metadata));
        }

        return gone;
    }

    private async Task<V1ReplicaSet> CreateSetAsync(V1Deployment deployment, List<V1ReplicaSet> sets, CancellationToken cancellationToken)
    {
        var hash = PodTemplates.Hash(deployment.Spec.Template, deployment.Status?.CollisionCount ?? 0);
        var template = KubernetesJson.Deserialize<V1PodTemplateSpec>(KubernetesJson.Serialize(deployment.Spec.Template));
        template.Metadata ??= new V1ObjectMeta();
        template.Metadata.Labels = With(template.Metadata.Labels, PodTemplates.HashLabel, hash);
        var set = new V1ReplicaSet
        {
            Metadata = new V1ObjectMeta
            {
                Name = $"{deployment.Metadata.Name}-{hash}",
                NamespaceProperty = deployment.Metadata.NamespaceProperty,
                Labels = template.Metadata.Labels,
                Annotations = With(CopiedAnnotations(deployment), Revision, NextRevision(sets)),
                OwnerReferences = [PodTemplates.Reference(deployment)],
            },
            Spec = new V1ReplicaSetSpec
            {
                Replicas = 0,
                MinReadySeconds = deployment.Spec.MinReadySeconds,
                Selector = new V1LabelSelector
                {
                    MatchLabels = With(deployment.Spec.Selector.MatchLabels, PodTemplates.HashLabel, hash), MatchExpressions = deployment.Spec.Selector.MatchExpressions,
                },
                Template = template,
            },
        };
        try
        {
            return await _client.AppsV1.CreateNamespacedReplicaSetAsync(set, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        }
        catch (k8s.Autorest.HttpOperationException e) when (e.Response.StatusCode == System.Net.HttpStatusCode.Conflict)
        {
            // Another template with the same hash: count it into the hash, and come again.
            deployment.Status ??= new V1DeploymentStatus();
            deployment.Status.CollisionCount = (deployment.Status.CollisionCount ?? 0) + 1;
            await _client.AppsV1.ReplaceNamespacedDeploymentStatusAsync(deployment, deployment.Metadata.Name, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            throw;
        }
    }

    /// <summary>The set in use has the highest revision, also after a rollback to an older one.</summary>
    private async Task<V1ReplicaSet> AnnotateAsync(V1Deployment deployment, V1ReplicaSet current, List<V1ReplicaSet> sets, CancellationToken cancellationToken)
    {
        var highest = sets.Where(s => s != current).Select(RevisionOf).DefaultIfEmpty(0).Max();
        var revision = RevisionOf(current) > highest ? RevisionOf(current) : highest + 1;
        var wanted = With(CopiedAnnotations(deployment), Revision, revision.ToString(System.Globalization.CultureInfo.InvariantCulture));
        var minReady = deployment.Spec.MinReadySeconds ?? 0;
        if (wanted.All(a => current.Metadata.Annotations?.TryGetValue(a.Key, out var v) == true && v == a.Value) && (current.Spec.MinReadySeconds ?? 0) == minReady)
            return current;
        var patch = new { metadata = new { annotations = wanted }, spec = new { minReadySeconds = minReady } };
        var updated = await _client.AppsV1.PatchNamespacedReplicaSetAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), current.Metadata.Name, current.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        sets[sets.IndexOf(current)] = updated;
        return updated;
    }

    private async Task UpdateStatusAsync(V1Deployment deployment, List<V1ReplicaSet> sets, V1ReplicaSet? current, CancellationToken cancellationToken)
    {
        var wanted = deployment.Spec.Replicas ?? 1;
        var rolling = deployment.Spec.Strategy?.RollingUpdate;
        var unavailable = deployment.Spec.Strategy?.Type == "Recreate" ? 0 : RollingUpdate.Bounds(rolling?.MaxSurge, rolling?.MaxUnavailable, wanted).Unavailable;
        var status = DeploymentStatus.Compute(deployment, sets, current, unavailable, Time.GetUtcNow().UtcDateTime);
        if (DeploymentStatus.Deadline(deployment, status, Time.GetUtcNow().UtcDateTime) is { } left)
            Queue.AddAfter($"{deployment.Metadata.NamespaceProperty}/{deployment.Metadata.Name}", left);

        var revision = current is null ? null : RevisionOf(current).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (revision is not null && !(deployment.Metadata.Annotations?.TryGetValue(Revision, out var known) == true && known == revision))
        {
            var patch = new { metadata = new { annotations = new Dictionary<string, string> { [Revision] = revision } } };
            var updated = await _client.AppsV1.PatchNamespacedDeploymentAsync(
                new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.MergePatch), deployment.Metadata.Name, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            deployment.Metadata.ResourceVersion = updated.Metadata.ResourceVersion;
        }

        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(deployment.Status ?? new V1DeploymentStatus()))
            return;
        deployment.Status = status;
        await _client.AppsV1.ReplaceNamespacedDeploymentStatusAsync(deployment, deployment.Metadata.Name, deployment.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private async Task CleanUpAsync(V1Deployment deployment, List<V1ReplicaSet> sets, V1ReplicaSet? current, CancellationToken cancellationToken)
    {
        var idle = sets.Where(s => s != current && (s.Spec.Replicas ?? 0) == 0 && (s.Status?.Replicas ?? 0) == 0 && s.Metadata.DeletionTimestamp is null)
            .OrderBy(RevisionOf).ToList();
        foreach (var set in idle.Take(Math.Max(0, idle.Count - (deployment.Spec.RevisionHistoryLimit ?? 10))))
            await _client.AppsV1.DeleteNamespacedReplicaSetAsync(set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private void EnqueueOwner(V1ObjectMeta set)
    {
        if (set.Controller() is { Kind: "Deployment" } owner)
            Enqueue(set.NamespaceProperty, owner.Name);
    }

    private static string NextRevision(List<V1ReplicaSet> sets) =>
        (sets.Select(RevisionOf).DefaultIfEmpty(0).Max() + 1).ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static long RevisionOf(V1ReplicaSet set) =>
        set.Metadata.Annotations?.TryGetValue(Revision, out var text) == true && long.TryParse(text, out var number) ? number : 0;

    private static Dictionary<string, string> CopiedAnnotations(V1Deployment deployment) => (deployment.Metadata.Annotations ?? new Dictionary<string, string>())
        .Where(a => a.Key is not (Revision or DesiredReplicas or MaxReplicas or "kubectl.kubernetes.io/last-applied-configuration"))
        .ToDictionary();

    private static Dictionary<string, string> With(IDictionary<string, string>? map, string key, string value) =>
        new(map ?? new Dictionary<string, string>()) { [key] = value };
}
