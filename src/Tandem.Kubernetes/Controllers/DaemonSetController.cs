using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Controllers;

/// <summary>Keeps one pod of a DaemonSet on each node that fits.</summary>
internal sealed class DaemonSetController : Controller
{
    private const string Component = "daemonset-controller";
    private const string HashLabel = "controller-revision-hash";

    private static readonly (string Key, string Effect)[] Tolerated =
    [
        ("node.kubernetes.io/not-ready", "NoExecute"), ("node.kubernetes.io/unreachable", "NoExecute"), ("node.kubernetes.io/disk-pressure", "NoSchedule"),
        ("node.kubernetes.io/memory-pressure", "NoSchedule"), ("node.kubernetes.io/pid-pressure", "NoSchedule"), ("node.kubernetes.io/unschedulable", "NoSchedule"),
    ];

    private readonly IKubernetes _client;
    private readonly EventRecorder _events;
    private readonly RevisionHistory _history;

    public DaemonSetController(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<DaemonSetController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        _history = new RevisionHistory(client);
        informers.DaemonSets.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c =>
        {
            var pod = (c.New ?? c.Old)!;
            if (pod.Metadata.Controller() is { Kind: "DaemonSet" } owner)
                Enqueue(pod.Metadata.NamespaceProperty, owner.Name);
        };
        informers.Nodes.Changed += c =>
        {
            // Heartbeats change a node every few seconds; only what placement looks at matters here.
            if (c.Old is null || c.New is null || !Placement.SameFor(c.Old, c.New))
                EnqueueAll();
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var set in Informers.DaemonSets.All)
            Enqueue(set.Metadata.NamespaceProperty, set.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var set = await FindAsync(() => _client.AppsV1.ReadNamespacedDaemonSetAsync(name, @namespace, cancellationToken: cancellationToken));
        if (set is null || set.Metadata.DeletionTimestamp is not null)
            return;
        set.ApiVersion = "apps/v1";
        set.Kind = "DaemonSet";
        var pods = await PodTemplates.OwnAsync(_client, set, set.Spec.Selector, null, cancellationToken);
        var nodes = (await _client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).Items;
        var (revisions, collisions) = await _history.SyncAsync(
            set, set.Spec.Selector, set.Spec.Template, HashLabel, set.Status?.CollisionCount ?? 0, cancellationToken);
        var hash = revisions[^1].Metadata.Labels[HashLabel];

        var byNode = pods.GroupBy(NodeOf).ToDictionary(g => g.Key, g => g.ToList());
        var fitting = new List<string>();
        foreach (var node in nodes)
        {
            var example = PodFor(set, node.Metadata.Name, hash);
            var here = byNode.GetValueOrDefault(node.Metadata.Name, []);
            if (!Placement.Fits(example, node))
            {
                foreach (var pod in here.Where(p => p.IsActive() && !Placement.MayStay(example, node)))
                    await DeleteAsync(set, pod, cancellationToken);
                continue;
            }

            fitting.Add(node.Metadata.Name);
            foreach (var ended in here.Where(p => p.Metadata.DeletionTimestamp is null && !p.IsActive()))
                await DeleteAsync(set, ended, cancellationToken);
            if (!here.Any(p => p.Metadata.DeletionTimestamp is null && p.IsActive()) && here.All(p => p.Metadata.DeletionTimestamp is null))
                pods.Add(await CreateAsync(set, example, cancellationToken));
            foreach (var surplus in here.Where(p => p.IsActive()).OrderBy(p => p.Metadata.CreationTimestamp).Skip(1))
                await DeleteAsync(set, surplus, cancellationToken);
        }

        await RollAsync(set, pods, fitting, hash, cancellationToken);
        await UpdateStatusAsync(set, pods, fitting, hash, collisions, cancellationToken);
        await _history.TruncateAsync(
            revisions,
            r => r == revisions[^1] || pods.Any(p => IsCurrent(p, r.Metadata.Labels[HashLabel])),
            set.Spec.RevisionHistoryLimit ?? 10,
            cancellationToken);
    }

    /// <summary>Replaces pods of an older template, as many at a time as may be unavailable.</summary>
    private async Task RollAsync(V1DaemonSet set, List<V1Pod> pods, List<string> nodes, string hash, CancellationToken cancellationToken)
    {
        if (set.Spec.UpdateStrategy?.Type == "OnDelete")
            return;
        var (_, allowed) = RollingUpdate.Bounds((IntOrString)"0", set.Spec.UpdateStrategy?.RollingUpdate?.MaxUnavailable ?? (IntOrString)"1", nodes.Count);
        var now = Time.GetUtcNow().UtcDateTime;
        var active = pods.Where(p => p.IsActive()).ToList();
        var unavailable = nodes.Count - active.Count(p => p.IsAvailable(set.Spec.MinReadySeconds ?? 0, now));
        foreach (var pod in active.Where(p => !IsCurrent(p, hash)).OrderBy(p => p.IsReady()))
        {
            // A pod that does not work anyway costs nothing.
            if (pod.IsReady() && unavailable++ >= allowed)
                break;
            await DeleteAsync(set, pod, cancellationToken);
        }
    }

    private async Task UpdateStatusAsync(V1DaemonSet set, List<V1Pod> pods, List<string> nodes, string hash, int collisions, CancellationToken cancellationToken)
    {
        var now = Time.GetUtcNow().UtcDateTime;
        var placed = pods.Where(p => p.IsActive() && nodes.Contains(NodeOf(p))).ToList();
        var available = placed.Count(p => p.IsAvailable(set.Spec.MinReadySeconds ?? 0, now));
        var status = new V1DaemonSetStatus
        {
            CurrentNumberScheduled = placed.Count,
            NumberMisscheduled = pods.Count(p => p.IsActive() && !nodes.Contains(NodeOf(p))),
            DesiredNumberScheduled = nodes.Count,
            NumberReady = placed.Count(p => p.IsReady()),
            ObservedGeneration = set.Metadata.Generation,
            UpdatedNumberScheduled = placed.Count(p => IsCurrent(p, hash)),
            NumberAvailable = available,
            NumberUnavailable = nodes.Count - available,
            CollisionCount = collisions == 0 ? null : collisions,
        };
        if (available < status.NumberReady)
            Queue.AddAfter($"{set.Metadata.NamespaceProperty}/{set.Metadata.Name}", TimeSpan.FromSeconds(1));
        if (KubernetesJson.Serialize(status) == KubernetesJson.Serialize(set.Status))
            return;
        set.Status = status;
        await _client.AppsV1.ReplaceNamespacedDaemonSetStatusAsync(set, set.Metadata.Name, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private async Task<V1Pod> CreateAsync(V1DaemonSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        try
        {
            var created = await _client.CoreV1.CreateNamespacedPodAsync(pod, set.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
            _events.Record(set, "Normal", "SuccessfulCreate", $"Created pod: {created.Metadata.Name}", Component);
            return created;
        }
        catch (k8s.Autorest.HttpOperationException e)
        {
            _events.Record(set, "Warning", "FailedCreate", $"Error creating: {KubernetesJson.Deserialize<V1Status>(e.Response.Content).Message}", Component);
            throw;
        }
    }

    private async Task DeleteAsync(V1DaemonSet set, V1Pod pod, CancellationToken cancellationToken)
    {
        await _client.CoreV1.DeleteNamespacedPodAsync(pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
        _events.Record(set, "Normal", "SuccessfulDelete", $"Deleted pod: {pod.Metadata.Name}", Component);
    }

    private static V1Pod PodFor(V1DaemonSet set, string node, string hash)
    {
        var pod = PodTemplates.Pod(set.Spec.Template, set);
        pod.Metadata.Labels ??= new Dictionary<string, string>();
        pod.Metadata.Labels[HashLabel] = hash;

        // The scheduler places it, as all pods; the affinity leaves it one choice.
        pod.Spec.Affinity ??= new V1Affinity();
        pod.Spec.Affinity.NodeAffinity ??= new V1NodeAffinity();
        var terms = pod.Spec.Affinity.NodeAffinity.RequiredDuringSchedulingIgnoredDuringExecution ??= new V1NodeSelector { NodeSelectorTerms = [] };
        if (terms.NodeSelectorTerms.Count == 0)
            terms.NodeSelectorTerms.Add(new V1NodeSelectorTerm());
        foreach (var term in terms.NodeSelectorTerms)
            term.MatchFields = [new V1NodeSelectorRequirement { Key = "metadata.name", OperatorProperty = "In", Values = [node] }];
        pod.Spec.Tolerations = [.. pod.Spec.Tolerations ?? [], .. Tolerated.Select(t => new V1Toleration { Key = t.Key, OperatorProperty = "Exists", Effect = t.Effect })];
        return pod;
    }

    private static string NodeOf(V1Pod pod) => pod.Spec.NodeName
        ?? pod.Spec.Affinity?.NodeAffinity?.RequiredDuringSchedulingIgnoredDuringExecution?.NodeSelectorTerms
            .SelectMany(t => t.MatchFields ?? []).FirstOrDefault(f => f.Key == "metadata.name")?.Values?.FirstOrDefault() ?? "";

    private static bool IsCurrent(V1Pod pod, string hash) => pod.Metadata.Labels?.TryGetValue(HashLabel, out var label) == true && label == hash;
}
