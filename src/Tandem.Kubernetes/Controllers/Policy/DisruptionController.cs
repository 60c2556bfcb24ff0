using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Policy;

/// <summary>Keeps the status of PodDisruptionBudgets, which evictions spend from.</summary>
internal sealed class DisruptionController : Controller
{
    private const string Component = "controllermanager";

    private readonly IKubernetes _client;
    private readonly ControllerScale _scale;
    private readonly EventRecorder _events;

    public DisruptionController(
        k8s.Kubernetes client, ControllerScale scale, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<DisruptionController> log)
        : base(informers, time, log)
    {
        _client = client;
        _scale = scale;
        _events = events;
        informers.PodDisruptionBudgets.Changed += c => Enqueue((c.New ?? c.Old)!.Metadata.NamespaceProperty, (c.New ?? c.Old)!.Metadata.Name);
        informers.Pods.Changed += c =>
        {
            foreach (var budget in informers.PodDisruptionBudgets.All)
                if ((c.Old is { } old && Selects(budget, old)) || (c.New is { } now && Selects(budget, now)))
                    Enqueue(budget.Metadata.NamespaceProperty, budget.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var budget in Informers.PodDisruptionBudgets.All)
            Enqueue(budget.Metadata.NamespaceProperty, budget.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var budget = await FindAsync(() => _client.PolicyV1.ReadNamespacedPodDisruptionBudgetAsync(name, @namespace, cancellationToken: cancellationToken));
        if (budget is null || budget.Metadata.DeletionTimestamp is not null)
            return;
        budget.ApiVersion = "policy/v1";
        budget.Kind = "PodDisruptionBudget";
        var pods = (await _client.CoreV1.ListNamespacedPodAsync(@namespace, cancellationToken: cancellationToken)).Items.Where(p => Selects(budget, p)).ToList();
        if (pods.Count == 0)
            _events.Record(budget, "Normal", "NoPods", "No matching pods found", Component);
        var now = Time.GetUtcNow().UtcDateTime;
        foreach (var pod in DisruptionBudget.Survivors(budget, pods, now))
        {
            pod.ApiVersion = "v1";
            pod.Kind = "Pod";
            _events.Record(pod, "Warning", "NotDeleted", $"Pod was expected by PDB {@namespace}/{name} to be deleted but it wasn't", Component);
        }

        var status = await StatusAsync(budget, pods, now, cancellationToken);
        if (KubernetesJson.Serialize(status) != KubernetesJson.Serialize(budget.Status))
        {
            budget.Status = status;
            await _client.PolicyV1.ReplaceNamespacedPodDisruptionBudgetStatusAsync(budget, name, @namespace, cancellationToken: cancellationToken);
        }

        if (status.DisruptedPods is { Count: > 0 } disrupted)
            Queue.AddAfter($"{@namespace}/{name}", DisruptionBudget.DeletionTimeout - disrupted.Values.Max(since => WallClock.Since(since!.Value, now)));
    }

    private async Task<V1PodDisruptionBudgetStatus> StatusAsync(
        V1PodDisruptionBudget budget, IReadOnlyList<V1Pod> pods, DateTime now, CancellationToken cancellationToken)
    {
        var second = new DateTime(now.Ticks - (now.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc);
        try
        {
            var scale = DisruptionBudget.NeedsScale(budget) ? await _scale.SumAsync(pods, cancellationToken) : 0;
            if (DisruptionBudget.NeedsScale(budget) && pods.Any(p => p.Metadata.Controller() is null))
                _events.Record(
                    budget,
                    "Warning",
                    "UnmanagedPods",
                    $"Pods selected by this PodDisruptionBudget (selector: {budget.Spec.Selector.ToQuery()}) were found to be unmanaged. As a result, the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account for these pods please set \".spec.minAvailable\" field of the PDB to an integer value.",
                    Component);
            return DisruptionBudget.Status(budget, pods, scale, second);
        }
        catch (UnknownScaleException e)
        {
            _events.Record(budget, "Warning", "CalculateExpectedPodCountFailed", $"Failed to calculate the number of expected pods: {e.Message}", Component);
            return DisruptionBudget.Failed(budget, e.Message, second);
        }
    }

    /// <summary>No selector selects nothing, an empty one every pod of the namespace.</summary>
    private static bool Selects(V1PodDisruptionBudget budget, V1Pod pod) =>
        pod.Metadata.NamespaceProperty == budget.Metadata.NamespaceProperty && budget.Spec.Selector?.Matches(pod.Metadata.Labels) == true;
}
