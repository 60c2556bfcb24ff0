using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tandem.Kubernetes.Resources.Core;

namespace Tandem.Kubernetes.Controllers.Autoscaling;

/// <summary>Reads metrics.k8s.io, whoever serves it.</summary>
internal static class ResourceMetrics
{
    /// <summary>What the pods of a selector use of a resource, by the pods' names.</summary>
    /// <exception cref="ScalingFailure">The API does not answer, or knows none of the pods.</exception>
    public static async Task<IReadOnlyDictionary<string, PodMetric>> ReadAsync(
        k8s.Kubernetes client, string @namespace, string selector, string resource, string? container, CancellationToken cancellationToken)
    {
        var items = await ListAsync(client, @namespace, selector, resource, cancellationToken);
        var found = new Dictionary<string, PodMetric>();
        foreach (var pod in items)
        {
            var name = pod.Text("metadata", "name")!;
            var containers = pod.Items("containers").Where(c => container is null || c.Text("name") == container).ToList();
            if (containers.Count == 0 && container is not null)
                throw new ScalingFailure($"unable to get metrics for resource {resource}: failed to get container metrics: container {container} not present in metrics for pod {@namespace}/{name}");
            if (containers.Count > 0 && containers.All(c => c.At("usage", resource) is not null))
                found[name] = new PodMetric(
                    (long)(containers.Sum(c => Quantity.Parse(c.At("usage", resource)) ?? 0) * 1000),
                    DateTimeOffset.Parse(pod.Text("timestamp")!, CultureInfo.InvariantCulture),
                    System.Xml.XmlConvert.ToTimeSpan("PT" + pod.Text("window")!.ToUpperInvariant()));
        }

        return found;
    }

    private static async Task<List<JsonObject>> ListAsync(
        k8s.Kubernetes client, string @namespace, string selector, string resource, CancellationToken cancellationToken)
    {
        var path = $"apis/metrics.k8s.io/v1beta1/namespaces/{@namespace}/pods?labelSelector={Uri.EscapeDataString(selector)}";
        using var answer = await client.HttpClient.GetAsync(new Uri(client.BaseUri, path), cancellationToken);
        var what = $"unable to get metrics for resource {resource}";
        if (answer.StatusCode is HttpStatusCode.NotFound)
            throw new ScalingFailure($"{what}: unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)");
        if (!answer.IsSuccessStatusCode)
            throw new ScalingFailure($"{what}: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)");
        var items = (await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken)).Items("items").ToList();
        return items.Count > 0 ? items : throw new ScalingFailure($"{what}: no metrics returned from resource metrics API");
    }
}
