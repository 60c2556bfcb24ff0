using System.Collections.Concurrent;
using System.Text.Json;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Nodes;

/// <summary>
/// Finds nodes that have stopped to report, and tells by taints what a node's state means: no new pods, and after their tolerations'
/// time no old ones. Where no node at all is ready none is told to go, for there is nowhere to go to (kube-controller-manager's full
/// disruption mode), and it may well be the control plane that is blind.
/// </summary>
internal sealed class NodeLifecycleController : Controller
{
    private const string Component = "node-controller";
    private const string LeaseNamespace = "kube-node-lease";

    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5); // node-monitor-period

    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;
    private readonly ConcurrentDictionary<string, NodeHealth> _known = new();
    private readonly ConcurrentDictionary<string, bool> _podsMarked = new();

    public NodeLifecycleController(
        k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<NodeLifecycleController> log)
        : base(informers, time, log)
    {
        (_client, _events) = (client, events);
        informers.Nodes.Changed += c =>
        {
            // One node's readiness decides what the others' lack of it means.
            if ((c.Old is { } old && NodeHealth.IsReady(old)) != (c.New is { } now && NodeHealth.IsReady(now)))
                EnqueueAll();
            else
                Enqueue("", (c.New ?? c.Old)!.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var node in Informers.Nodes.All)
            Enqueue("", node.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        if (await FindAsync(() => _client.CoreV1.ReadNodeAsync(name, cancellationToken: cancellationToken)) is not { } node)
        {
            if (_known.TryRemove(name, out _))
                Tell(new V1Node { Metadata = new V1ObjectMeta { Name = name } }, "RemovingNode", $"Removing Node {name} from Controller");
            _podsMarked.TryRemove(name, out _);
            return;
        }

        var lease = await FindAsync(() => _client.CoordinationV1.ReadNamespacedLeaseAsync(name, LeaseNamespace, cancellationToken: cancellationToken));
        var elapsed = Time.GetElapsedTime(0);
        if (!_known.TryGetValue(name, out var before))
            Tell(node, "RegisteredNode", $"Registered Node {name} in Controller");
        var health = _known[name] = NodeHealth.Observe(before, node, lease, elapsed);
        if (health.Unknown(node, elapsed, Time.GetUtcNow()) is { } conditions)
        {
            node.Status ??= new V1NodeStatus();
            node.Status.Conditions = conditions;
            node = await _client.CoreV1.ReplaceNodeStatusAsync(node, name, cancellationToken: cancellationToken);
        }

        var evict = Informers.Nodes.All.Any(NodeHealth.IsReady);
        if (NodeTaints.Change(node, evict, Time.GetUtcNow()) is { } taints)
        {
            node.Spec ??= new V1NodeSpec();
            node.Spec.Taints = taints.Count == 0 ? null : taints;
            node = await _client.CoreV1.ReplaceNodeAsync(node, name, cancellationToken: cancellationToken);
        }

        if (NodeHealth.Ready(node) is null or { Status: "True" })
            _podsMarked.TryRemove(name, out _);
        else if (!_podsMarked.ContainsKey(name))
            await MarkPodsAsync(name, cancellationToken);
        Queue.AddAfter($"/{name}", Period);
    }

    // Nobody is to send them traffic. Once: should the node yet speak, its word on its pods is the newer.
    private async Task MarkPodsAsync(string node, CancellationToken cancellationToken)
    {
        foreach (var pod in Informers.Pods.All.Where(p => p.Spec.NodeName == node && p.IsReady()))
        {
            var now = WallClock.Text(Time.GetUtcNow());
            var patch = new { metadata = new { uid = pod.Metadata.Uid }, status = new { conditions = new[] { new { type = "Ready", status = "False", lastTransitionTime = now } } } };
            var marked = await FindAsync(() => _client.CoreV1.PatchNamespacedPodStatusAsync(
                new V1Patch(JsonSerializer.Serialize(patch), V1Patch.PatchType.StrategicMergePatch),
                pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken));
            if (marked is not null)
                _events.Record(marked, "Warning", "NodeNotReady", "Node is not ready", Component);
        }

        _podsMarked[node] = true;
    }

    private void Tell(V1Node node, string reason, string what)
    {
        (node.ApiVersion, node.Kind) = ("v1", "Node");
        _events.Record(node, "Normal", reason, $"Node {node.Metadata.Name} event: {what}", Component);
    }
}
