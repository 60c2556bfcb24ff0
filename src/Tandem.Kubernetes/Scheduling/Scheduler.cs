using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;
using Tandem.Kubernetes.Controllers;

namespace Tandem.Kubernetes.Scheduling;

/// <summary>Gives pods their node, or says why none will do.</summary>
internal sealed class Scheduler : Controller
{
    public const string Name = "default-scheduler";

    /// <summary>A pod that did not fit is looked at again after this, should nothing have told us before.</summary>
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(10);

    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;

    public Scheduler(k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<Scheduler> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.Pods.Changed += c =>
        {
            if (c.New is { } pod && IsMine(pod))
                Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
            else if (c.New is null || !c.New.IsActive())
                EnqueueAll();
        };
        informers.PersistentVolumeClaims.Changed += c =>
        {
            var claim = (c.New ?? c.Old)!;
            foreach (var pod in Informers.Pods.All.Where(p => p.Metadata.NamespaceProperty == claim.Metadata.NamespaceProperty && IsMine(p)))
                if (PodClaims.NamesOf(pod).Contains(claim.Metadata.Name))
                    Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
        };
        informers.Nodes.Changed += c =>
        {
            if (c.Old is null || c.New is null || !Placement.SameFor(c.Old, c.New))
                EnqueueAll();
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var pod in Informers.Pods.All.Where(IsMine))
            Enqueue(pod.Metadata.NamespaceProperty, pod.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var pod = await FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, @namespace, cancellationToken: cancellationToken));
        if (pod is null || !IsMine(pod))
            return;
        var nodes = (await _client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).Items;
        var pods = (await _client.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: cancellationToken)).Items;
        var volumes = await PodVolumes.ReadAsync(_client, pod, cancellationToken);
        if (volumes.Blocked is { } blocked)
        {
            await ReportAsync(pod, nodes.Count, blocked, cancellationToken);
            return;
        }

        var verdicts = nodes.Select(n => (Node: n, Reason: Placement.Reason(pod, n) ?? NodeResources.Reason(pod, n, pods) ?? volumes.Reason(n))).ToList();
        if (verdicts.FirstOrDefault(v => v.Reason is null).Node is not { } fitting)
        {
            await ReportAsync(pod, nodes.Count, string.Join(", ", verdicts.GroupBy(v => v.Reason!).Select(g => $"{g.Count()} {g.Key}")), cancellationToken);
            return;
        }

        if (volumes.AreBound)
        {
            await BindAsync(pod, fitting.Metadata.Name, cancellationToken);
            return;
        }

        // The pod follows when its claims are bound.
        await volumes.SelectAsync(_client, fitting, cancellationToken);
        Queue.AddAfter($"{@namespace}/{name}", Retry);
    }

    private async Task BindAsync(V1Pod pod, string node, CancellationToken cancellationToken)
    {
        var binding = new V1Binding
        {
            ApiVersion = "v1",
            Kind = "Binding",
            Metadata = new V1ObjectMeta { Name = pod.Metadata.Name, NamespaceProperty = pod.Metadata.NamespaceProperty },
            Target = new V1ObjectReference { Kind = "Node", Name = node },
        };

        // The answer to a binding is a Status, which the typed method would take for a Binding.
        using var answer = await _client.HttpClient.PostAsync(
            new Uri(_client.BaseUri, $"api/v1/namespaces/{pod.Metadata.NamespaceProperty}/pods/{pod.Metadata.Name}/binding"),
            new StringContent(KubernetesJson.Serialize(binding), new System.Net.Http.Headers.MediaTypeHeaderValue("application/json")),
            cancellationToken);
        if (answer.IsSuccessStatusCode)
            _events.Record(pod, "Normal", "Scheduled", $"Successfully assigned {pod.Metadata.NamespaceProperty}/{pod.Metadata.Name} to {node}", Name);
        else if (answer.StatusCode is not (System.Net.HttpStatusCode.Conflict or System.Net.HttpStatusCode.NotFound))
            answer.EnsureSuccessStatusCode();
    }

    private async Task ReportAsync(V1Pod pod, int nodes, string reasons, CancellationToken cancellationToken)
    {
        var message = $"0/{nodes} nodes are available: {reasons}.";
        Queue.AddAfter($"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}", Retry);
        var known = pod.Status?.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled");
        if (known is { Status: "False" } && known.Message == message)
            return;
        _events.Record(pod, "Warning", "FailedScheduling", message, Name);
        var patch = new
        {
            status = new
            {
                conditions = new[]
                {
                    new { type = "PodScheduled", status = "False", reason = "Unschedulable", message, lastTransitionTime = Time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture) },
                },
            },
        };
        await _client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(KubernetesJson.Serialize(patch), V1Patch.PatchType.StrategicMergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private static bool IsMine(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) && pod.IsActive() && (pod.Spec.SchedulerName ?? Name) == Name && (pod.Spec.SchedulingGates?.Count ?? 0) == 0;
}
