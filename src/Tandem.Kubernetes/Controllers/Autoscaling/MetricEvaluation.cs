using k8s;
using k8s.Models;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>What one of an autoscaler's metrics asks for.</summary>
/// <param name="Name">As events name it.</param>
/// <param name="Replicas">The number that it asks for.</param>
/// <param name="Status">What was measured.</param>
internal sealed record MetricEvaluation(string Name, int Replicas, V2MetricStatus Status)
{
    private const string NoCustom = "unable to fetch metrics from custom metrics API: no custom metrics API (custom.metrics.k8s.io) registered";
    private const string NoExternal = "unable to fetch metrics from external metrics API: no external metrics API (external.metrics.k8s.io) registered";

    /// <summary>The reason that condition and event have where a metric of a type fails.</summary>
    public static string FailureReason(V2MetricSpec metric) => metric.Type switch
    {
        "Resource" => "FailedGetResourceMetric",
        "ContainerResource" => "FailedGetContainerResourceMetric",
        "Pods" => "FailedGetPodsMetric",
        "Object" => "FailedGetObjectMetric",
        "External" => "FailedGetExternalMetric",
        _ => "InvalidMetricSourceType",
    };

    /// <exception cref="ScalingFailure">No number can be computed.</exception>
    public static async Task<MetricEvaluation> OfAsync(
        k8s.Kubernetes client, ScaleTarget target, V2MetricSpec metric, Tolerance tolerance, DateTimeOffset now, CancellationToken cancellationToken)
    {
        switch (metric.Type)
        {
            case "Resource":
                var (replicas, current) = await ResourceAsync(client, target, metric.Resource.Name, null, metric.Resource.Target, tolerance, now, cancellationToken);
                return new MetricEvaluation(
                    Title(metric.Resource.Name, "resource", metric.Resource.Target), replicas,
                    new V2MetricStatus { Type = metric.Type, Resource = new V2ResourceMetricStatus { Name = metric.Resource.Name, Current = current } });
            case "ContainerResource":
                var source = metric.ContainerResource;
                (replicas, current) = await ResourceAsync(client, target, source.Name, source.Container, source.Target, tolerance, now, cancellationToken);
                return new MetricEvaluation(
                    Title(source.Name, "container resource", source.Target), replicas,
                    new V2MetricStatus { Type = metric.Type, ContainerResource = new V2ContainerResourceMetricStatus { Name = source.Name, Container = source.Container, Current = current } });
            case "Pods":
                throw new ScalingFailure($"failed to get pods metric value: unable to get metric {metric.Pods.Metric.Name}: {NoCustom}");
            case "Object":
                var described = metric.ObjectProperty.DescribedObject;
                throw new ScalingFailure(
                    $"failed to get object metric value: unable to get metric {metric.ObjectProperty.Metric.Name}: {NoCustom} on {described.Kind} {target.Namespace}/{described.Name}");
            case "External":
                throw new ScalingFailure(
                    $"failed to get {metric.External.Metric.Name} external metric value: unable to get external metric {target.Namespace}/{metric.External.Metric.Name}/{metric.External.Metric.Selector?.ToQuery() ?? "nil"}: {NoExternal}");
            default:
                throw new ScalingFailure($"unknown metric source type \"{metric.Type}\"");
        }
    }

    private static string Title(string resource, string kind, V2MetricTarget target) =>
        target.AverageValue is null ? $"{resource} {kind} utilization (percentage of request)" : $"{resource} {kind}";

    private static async Task<(int, V2MetricValueStatus)> ResourceAsync(
        k8s.Kubernetes client, ScaleTarget target, string resource, string? container, V2MetricTarget wanted, Tolerance tolerance, DateTimeOffset now, CancellationToken cancellationToken)
    {
        try
        {
            var metrics = await ResourceMetrics.ReadAsync(client, target.Namespace, target.Selector, resource, container, cancellationToken);
            var pods = (await client.CoreV1.ListNamespacedPodAsync(target.Namespace, labelSelector: target.Selector, cancellationToken: cancellationToken)).Items.ToList();
            var proposal = wanted.AverageValue is { } amount
                ? ReplicaCalculator.ByAverage(target.Replicas, (long)(amount.ToDecimal() * 1000), tolerance, pods, metrics, resource, now)
                : ReplicaCalculator.ByUtilization(target.Replicas, wanted.AverageUtilization ?? 0, tolerance, pods, metrics, resource, container, now);
            return (proposal.Replicas, new V2MetricValueStatus { AverageUtilization = proposal.Utilization, AverageValue = new ResourceQuantity(Milli(proposal.AverageMilli)) });
        }
        catch (ScalingFailure e)
        {
            throw new ScalingFailure($"failed to get {resource} {(wanted.AverageValue is null ? "utilization" : "usage")}: {e.Message}");
        }
    }

    private static string Milli(long value) => value % 1000 == 0
        ? (value / 1000).ToString(System.Globalization.CultureInfo.InvariantCulture)
        : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{value}m");
}
