using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Nodes;

/// <summary>Deletes the pods of nodes that no longer exist: there is nobody else who could.</summary>
internal sealed class PodGarbageCollector : Controller
{
    /// <summary>A node that has just gone may be made again, as when its agent registers anew.</summary>
    internal static readonly TimeSpan Quarantine = TimeSpan.FromSeconds(40);

    private readonly k8s.Kubernetes _client;

    /// <summary>Since when nodes have been missed, by name.</summary>
    private readonly ConcurrentDictionary<string, TimeSpan> _missing = new();

    public PodGarbageCollector(k8s.Kubernetes client, SharedInformers informers, TimeProvider time, ILogger<PodGarbageCollector> log)
        : base(informers, time, log)
    {
        _client = client;
        informers.Nodes.Changed += c =>
        {
            if (c.New is null)
                EnqueueAll();
            else
                _missing.TryRemove(c.New.Metadata.Name, out _);
        };
        informers.Pods.Changed += c =>
        {
            if (c.New is { } pod && IsOrphan(pod))
                Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var pod in Informers.Pods.All.Where(IsOrphan))
            Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var pod = await FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, @namespace, cancellationToken: cancellationToken));
        if (pod is null || !IsOrphan(pod))
            return;
        var since = _missing.GetOrAdd(pod.Spec.NodeName, _ => Time.GetElapsedTime(0));
        var left = Quarantine - (Time.GetElapsedTime(0) - since);
        if (left > TimeSpan.Zero)
        {
            Queue.AddAfter($"{@namespace}/{name}", left);
            return;
        }

        // The informer may be late: what is deleted here is gone for good.
        if (await FindAsync(() => _client.CoreV1.ReadNodeAsync(pod.Spec.NodeName, cancellationToken: cancellationToken)) is not null)
            return;
        if (pod.Status?.Phase is not ("Succeeded" or "Failed"))
            await PodDisruption.MarkAsync(_client, pod, "DeletionByPodGC", "PodGC: node no longer exists", Time.GetUtcNow(), "Failed", cancellationToken);
        await PodDisruption.DeleteAsync(_client, pod, graceSeconds: 0, cancellationToken);
    }

    private bool IsOrphan(V1Pod pod) =>
        !string.IsNullOrEmpty(pod.Spec.NodeName) && Informers.Nodes.All.All(n => n.Metadata.Name != pod.Spec.NodeName);
}
