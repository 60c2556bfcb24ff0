using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Scheduling;

namespace Tandem.Kubernetes.Controllers.Nodes;

/// <summary>Deletes pods from nodes with taints of the effect NoExecute that they do not put up with, or no longer.</summary>
internal sealed class TaintEvictionController : Controller
{
    private const string Component = "taint-eviction-controller";

    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;

    /// <summary>Since when pods, by uid, have been living on borrowed time.</summary>
    private readonly ConcurrentDictionary<string, TimeSpan> _since = new();

    public TaintEvictionController(
        k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<TaintEvictionController> log)
        : base(informers, time, log)
    {
        (_client, _events) = (client, events);
        informers.Nodes.Changed += c =>
        {
            if (NoExecute(c.Old).Any() || NoExecute(c.New).Any())
                foreach (var pod in informers.Pods.All.Where(p => p.Spec.NodeName == (c.New ?? c.Old)!.Metadata.Name))
                    Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        };
        informers.Pods.Changed += c =>
        {
            if (c.New is null)
                _since.TryRemove(c.Old!.Metadata.Uid, out _);
            else if (TaintsOf(c.New).Count > 0)
                Enqueue(c.New.Metadata.NamespaceProperty, c.New.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var pod in Informers.Pods.All.Where(p => TaintsOf(p).Count > 0))
            Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var pod = await FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, @namespace, cancellationToken: cancellationToken));
        if (pod is null || pod.Metadata.DeletionTimestamp is not null)
            return;
        var uid = pod.Metadata.Uid;
        if (Tolerations.Stay(pod, TaintsOf(pod)) is not { } stay)
        {
            if (_since.TryRemove(uid, out _))
                _events.Record(pod, "Normal", "TaintManagerEviction", $"Cancelling deletion of Pod {@namespace}/{name}", Component);
            return;
        }

        var since = _since.GetOrAdd(uid, _ => Time.GetElapsedTime(0));
        var left = stay - (Time.GetElapsedTime(0) - since);
        if (left > TimeSpan.Zero)
        {
            Queue.AddAfter($"{@namespace}/{name}", left);
            return;
        }

        _events.Record(pod, "Normal", "TaintManagerEviction", $"Marking for deletion Pod {@namespace}/{name}", Component);
        await PodDisruption.MarkAsync(
            _client, pod, "DeletionByTaintManager", "Taint manager: deleting due to NoExecute taint", Time.GetUtcNow(), phase: null, cancellationToken);
        await PodDisruption.DeleteAsync(_client, pod, graceSeconds: null, cancellationToken);
    }

    private List<V1Taint> TaintsOf(V1Pod pod) => string.IsNullOrEmpty(pod.Spec.NodeName)
        ? [] : [.. NoExecute(Informers.Nodes.All.FirstOrDefault(n => n.Metadata.Name == pod.Spec.NodeName))];

    private static IEnumerable<V1Taint> NoExecute(V1Node? node) => (node?.Spec?.Taints ?? []).Where(t => t.Effect == "NoExecute");
}
