using System.Collections.Concurrent;
using k8s;
using k8s.Models;
using Microsoft.Extensions.Logging;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>Scales what autoscalers name, by what metrics.k8s.io says that its pods use.</summary>
internal sealed class HorizontalPodAutoscalerController : Controller
{
    private const string Component = "horizontal-pod-autoscaler";

    /// <summary>How often each autoscaler is looked at.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(15);

    private readonly k8s.Kubernetes _client;
    private readonly EventRecorder _events;
    private readonly ConcurrentDictionary<string, ScaleHistory> _histories = new();

    public HorizontalPodAutoscalerController(
        k8s.Kubernetes client, SharedInformers informers, EventRecorder events, TimeProvider time, ILogger<HorizontalPodAutoscalerController> log)
        : base(informers, time, log)
    {
        _client = client;
        _events = events;
        informers.HorizontalPodAutoscalers.Changed += c =>
        {
            var autoscaler = (c.New ?? c.Old)!;
            if (c.New is null)
                _histories.TryRemove(Key(autoscaler), out _);
            else if (c.Old is null || KubernetesJson.Serialize(c.Old.Spec) != KubernetesJson.Serialize(c.New.Spec))
                Enqueue(autoscaler.Metadata.NamespaceProperty, autoscaler.Metadata.Name);
        };
    }

    protected override void EnqueueAll()
    {
        foreach (var autoscaler in Informers.HorizontalPodAutoscalers.All)
            Enqueue(autoscaler.Metadata.NamespaceProperty, autoscaler.Metadata.Name);
    }

    protected override async Task ReconcileAsync(string @namespace, string name, CancellationToken cancellationToken)
    {
        var autoscaler = await FindAsync(() => _client.AutoscalingV2.ReadNamespacedHorizontalPodAutoscalerAsync(name, @namespace, cancellationToken: cancellationToken));
        if (autoscaler is null)
            return;
        Queue.AddAfter(Key(autoscaler), Period);
        autoscaler.ApiVersion = "autoscaling/v2";
        autoscaler.Kind = "HorizontalPodAutoscaler";
        autoscaler.Status ??= new V2HorizontalPodAutoscalerStatus();
        var before = KubernetesJson.Serialize(autoscaler.Status);
        await RoundAsync(autoscaler, cancellationToken);
        if (KubernetesJson.Serialize(autoscaler.Status) != before)
            await _client.AutoscalingV2.ReplaceNamespacedHorizontalPodAutoscalerStatusAsync(autoscaler, name, @namespace, cancellationToken: cancellationToken);
    }

    /// <summary>Scales, and leaves in the status what came of it.</summary>
    private async Task RoundAsync(V2HorizontalPodAutoscaler autoscaler, CancellationToken cancellationToken)
    {
        var status = autoscaler.Status;
        ScaleTarget target;
        try
        {
            target = await ScaleTarget.FindAsync(_client, autoscaler.Metadata.NamespaceProperty, autoscaler.Spec.ScaleTargetRef, cancellationToken);
        }
        catch (ScalingFailure e)
        {
            if (!IsKnown(status, e.Message))
                Warn(autoscaler, "FailedGetScale", e.Message);
            Set(status, "AbleToScale", false, "FailedGetScale", $"the HPA controller was unable to get the target's current scale: {e.Message}");
            return;
        }

        Set(status, "AbleToScale", true, "SucceededGetScale", "the HPA controller was able to get the target's current scale");
        status.CurrentReplicas = target.Replicas;
        var history = _histories.GetOrAdd(Key(autoscaler), _ => new ScaleHistory());
        history.Begin(target.Replicas, Running());
        if (await WantedAsync(autoscaler, target, history, cancellationToken) is not var (replicas, reason))
            return;
        status.DesiredReplicas = replicas;
        if (replicas != target.Replicas)
            await ScaleAsync(autoscaler, target, replicas, reason, history, cancellationToken);
    }

    /// <summary>How many replicas there should be and why; null where no metric tells.</summary>
    private async Task<(int Replicas, string Reason)?> WantedAsync(
        V2HorizontalPodAutoscaler autoscaler, ScaleTarget target, ScaleHistory history, CancellationToken cancellationToken)
    {
        var spec = autoscaler.Spec;
        var status = autoscaler.Status;
        var min = spec.MinReplicas ?? 1;
        if (target.Replicas == 0 && min != 0)
        {
            Set(status, "ScalingActive", false, "ScalingDisabled", "scaling is disabled since the replica count of the target is zero");
            return (0, "");
        }

        if (target.Replicas > spec.MaxReplicas)
            return (spec.MaxReplicas, "Current number of replicas above Spec.MaxReplicas");
        if (target.Replicas < min)
            return (min, "Current number of replicas below Spec.MinReplicas");
        if (await EvaluateAsync(autoscaler, target, cancellationToken) is not { } strongest)
            return null;
        var decision = ReplicaLimits.Decide(spec, target.Replicas, strongest.Replicas, history, Running());
        status.Set("AbleToScale", true, decision.Stable, Time.GetUtcNow());
        status.Set("ScalingLimited", decision.IsLimited, decision.Limit, Time.GetUtcNow());
        return (decision.Replicas, strongest.Replicas > target.Replicas ? $"{strongest.Name} above target" : "All metrics below target");
    }

    /// <summary>The metric that asks for most. One that fails forbids scaling down, as it might have asked for more.</summary>
    private async Task<MetricEvaluation?> EvaluateAsync(V2HorizontalPodAutoscaler autoscaler, ScaleTarget target, CancellationToken cancellationToken)
    {
        var status = autoscaler.Status;
        if (target.Selector.Length == 0)
        {
            if (!IsKnown(status, "the HPA target's scale is missing a selector"))
                Warn(autoscaler, "SelectorRequired", "selector is required");
            Set(status, "ScalingActive", false, "InvalidSelector", "the HPA target's scale is missing a selector");
            return null;
        }

        var metrics = autoscaler.Spec.Metrics;
        var statuses = new List<V2MetricStatus>();
        var failures = new List<(string Reason, string Message)>();
        MetricEvaluation? strongest = null;
        foreach (var metric in metrics)
        {
            try
            {
                var found = await MetricEvaluation.OfAsync(_client, target, metric, Tolerance.Of(autoscaler.Spec.Behavior), Time.GetUtcNow(), cancellationToken);
                statuses.Add(found.Status);
                if (strongest is null || found.Replicas > strongest.Replicas)
                    strongest = found;
            }
            catch (ScalingFailure e)
            {
                statuses.Add(new V2MetricStatus { Type = "" });
                failures.Add((MetricEvaluation.FailureReason(metric), e.Message));
            }
        }

        status.CurrentMetrics = statuses;
        if (failures.Count > 0 && !IsKnown(status, failures[0].Message))
        {
            Warn(autoscaler, failures[0].Reason, failures[0].Message);
            Warn(autoscaler, "FailedComputeMetricsReplicas", $"invalid metrics ({failures.Count} invalid out of {metrics.Count}), first error is: {failures[0].Message}");
        }

        if (strongest is null || (failures.Count > 0 && strongest.Replicas < target.Replicas))
        {
            Set(status, "ScalingActive", false, failures[0].Reason, $"the HPA was unable to compute the replica count: {failures[0].Message}");
            return null;
        }

        Set(status, "ScalingActive", true, "ValidMetricFound", $"the HPA was able to successfully calculate a replica count from {strongest.Name}");
        return strongest;
    }

    private async Task ScaleAsync(
        V2HorizontalPodAutoscaler autoscaler, ScaleTarget target, int replicas, string reason, ScaleHistory history, CancellationToken cancellationToken)
    {
        try
        {
            await target.ScaleAsync(_client, replicas, cancellationToken);
        }
        catch (ScalingFailure e)
        {
            Warn(autoscaler, "FailedRescale", $"New size: {replicas}; reason: {reason}; error: {e.Message}");
            Set(autoscaler.Status, "AbleToScale", false, "FailedUpdateScale", $"the HPA controller was unable to update the target scale: {e.Message}");
            return;
        }

        history.Scaled(target.Replicas, replicas, Running());
        autoscaler.Status.LastScaleTime = Time.GetUtcNow().UtcDateTime;
        Set(autoscaler.Status, "AbleToScale", true, "SucceededRescale", $"the HPA controller was able to update the target scale to {replicas}");
        _events.Record(autoscaler, "Normal", "SuccessfulRescale", $"New size: {replicas}; reason: {reason}", Component);
    }

    /// <summary>Whether the conditions tell of a failure already; each round would tell the same again.</summary>
    private static bool IsKnown(V2HorizontalPodAutoscalerStatus status, string message) =>
        status.Conditions?.Any(c => c.Status == "False" && c.Message?.EndsWith(message, StringComparison.Ordinal) == true) == true;

    private void Warn(V2HorizontalPodAutoscaler autoscaler, string reason, string message) => _events.Record(autoscaler, "Warning", reason, message, Component);

    private void Set(V2HorizontalPodAutoscalerStatus status, string type, bool isTrue, string reason, string message) =>
        status.Set(type, isTrue, (reason, message), Time.GetUtcNow());

    /// <summary>A time that goes on when the clock is set.</summary>
    private TimeSpan Running() => Time.GetElapsedTime(0);

    private static string Key(V2HorizontalPodAutoscaler autoscaler) => $"{autoscaler.Metadata.NamespaceProperty}/{autoscaler.Metadata.Name}";
}
