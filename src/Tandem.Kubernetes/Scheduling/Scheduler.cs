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
    private readonly Preemptor _preemptor;

    /// <summary>One decision at a time: each sees the bindings of those before it.</summary>
    private readonly SemaphoreSlim _deciding = new(1);

    public Scheduler(
        k8s.Kubernetes client, SharedInformers informers, Preemptor preemptor, EventRecorder events, TimeProvider time, ILogger<Scheduler> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        _preemptor = preemptor;
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
        await _deciding.WaitAsync(cancellationToken);
        try
        {
            var pod = await FindAsync(() => _client.CoreV1.ReadNamespacedPodAsync(name, @namespace, cancellationToken: cancellationToken));
            if (pod is null || !IsMine(pod))
                return;
            pod.ApiVersion = "v1";
            pod.Kind = "Pod";
            var nodes = (await _client.CoreV1.ListNodeAsync(cancellationToken: cancellationToken)).Items;
            var pods = (await _client.CoreV1.ListPodForAllNamespacesAsync(cancellationToken: cancellationToken)).Items;
            var namespaces = (await _client.CoreV1.ListNamespaceAsync(cancellationToken: cancellationToken)).Items;
            var around = new Surroundings([.. nodes], [.. pods], [.. namespaces]);

            // Whoever matters more goes first, however the queue came.
            foreach (var better in pods.Where(p => IsMine(p) && Occupancy.Priority(p) > Occupancy.Priority(pod)).OrderByDescending(Occupancy.Priority).ToList())
                await PlaceAsync(better, around, cancellationToken);
            var volumes = await PodVolumes.ReadAsync(_client, pod, cancellationToken);
            if (volumes.Blocked is { } blocked)
                await ReportAsync(pod, $"0/{nodes.Count} nodes are available: {blocked}.", null, cancellationToken);
            else if (!await PlaceAsync(pod, volumes, around, cancellationToken))
                await MakeRoomAsync(pod, volumes, around, cancellationToken);
        }
        finally
        {
            _deciding.Release();
        }
    }

    private async Task PlaceAsync(V1Pod pod, Surroundings around, CancellationToken cancellationToken)
    {
        var volumes = await PodVolumes.ReadAsync(_client, pod, cancellationToken);
        if (volumes.Blocked is null)
            await PlaceAsync(pod, volumes, around, cancellationToken);
    }

    /// <returns>Whether there is a node for the pod. It has it now, or when its claims are bound there.</returns>
    private async Task<bool> PlaceAsync(V1Pod pod, PodVolumes volumes, Surroundings around, CancellationToken cancellationToken)
    {
        if (around.Nodes.FirstOrDefault(n => Reason(pod, volumes, n, around) is null) is not { } fitting)
            return false;
        if (volumes.AreBound)
        {
            if (await BindAsync(pod, fitting.Metadata.Name, cancellationToken))
                pod.Spec.NodeName = fitting.Metadata.Name;
            return true;
        }

        await volumes.SelectAsync(_client, fitting, cancellationToken);
        Queue.AddAfter($"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}", Retry);
        return true;
    }

    private static string? Reason(V1Pod pod, PodVolumes volumes, V1Node node, Surroundings around) =>
        Placement.Reason(pod, node) ?? NodeResources.Reason(pod, node, Occupancy.On(pod, node, around.Pods))
        ?? PodAffinityRules.Reason(pod, node, around) ?? TopologySpread.Reason(pod, node, around) ?? volumes.Reason(node);

    private async Task MakeRoomAsync(V1Pod pod, PodVolumes volumes, Surroundings around, CancellationToken cancellationToken)
    {
        var reasons = around.Nodes.Select(n => Reason(pod, volumes, n, around)!).GroupBy(r => r).Select(g => $"{g.Count()} {g.Key}").Order(StringComparer.Ordinal);
        var (nominated, note) = await _preemptor.PreemptAsync(pod, around.Nodes, around.Pods, cancellationToken);
        var message = around.Nodes.Count == 0 ? "no nodes available to schedule pods" : $"0/{around.Nodes.Count} nodes are available: {string.Join(", ", reasons)}. {note}".TrimEnd();
        await ReportAsync(pod, message, nominated, cancellationToken);
    }

    /// <returns>Whether the pod has the node now.</returns>
    private async Task<bool> BindAsync(V1Pod pod, string node, CancellationToken cancellationToken)
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
        return answer.IsSuccessStatusCode;
    }

    private async Task ReportAsync(V1Pod pod, string message, string? nominated, CancellationToken cancellationToken)
    {
        Queue.AddAfter($"{pod.Metadata.NamespaceProperty}/{pod.Metadata.Name}", Retry);
        var known = pod.Status?.Conditions?.FirstOrDefault(c => c.Type == "PodScheduled");
        if (known is { Status: "False" } && known.Message == message && pod.Status?.NominatedNodeName == nominated)
            return;
        _events.Record(pod, "Warning", "FailedScheduling", message, Name);
        var patch = new
        {
            status = new
            {
                nominatedNodeName = nominated,
                conditions = new[]
                {
                    new { type = "PodScheduled", status = "False", reason = "Unschedulable", message, lastTransitionTime = WallClock.Text(Time.GetUtcNow()) },
                },
            },
        };
        await _client.CoreV1.PatchNamespacedPodStatusAsync(
            new V1Patch(System.Text.Json.JsonSerializer.Serialize(patch), V1Patch.PatchType.StrategicMergePatch), pod.Metadata.Name, pod.Metadata.NamespaceProperty, cancellationToken: cancellationToken);
    }

    private static bool IsMine(V1Pod pod) =>
        string.IsNullOrEmpty(pod.Spec.NodeName) && pod.IsActive() && (pod.Spec.SchedulerName ?? Name) == Name && (pod.Spec.SchedulingGates?.Count ?? 0) == 0;
}
