using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Resources;
using Tandem.Kubernetes.Storage;

namespace Tandem.Kubernetes.Api.Metrics;

/// <summary>Answers for metrics.k8s.io, in the place of an aggregated metrics-server. See
/// https://kubernetes.io/docs/tasks/debug/debug-cluster/resource-metrics-pipeline/.</summary>
internal sealed class MetricsHandler(INodeUsage usage, Caches caches, TimeProvider time)
{
    public async Task HandleAsync(HttpContext context, ApiRequest request)
    {
        if (request.Verb == "get")
            await GetAsync(context, request);
        else
            await ListAsync(context, request);
    }

    private async Task GetAsync(HttpContext context, ApiRequest request)
    {
        var resource = request.Resource!;
        var shown = resource.IsNamespaced ? $"{request.Namespace}/{request.Name}" : request.Name;
        var measured = caches[resource.Plural].Get(request.Namespace, request.Name) ?? throw ApiException.NotFound(resource.Plural, shown);
        var report = await usage.ReadAsync(context.RequestAborted);
        var value = Of(resource, measured.Parse(), report) ?? throw ApiException.NotFound(resource.Kind.ToLowerInvariant(), shown, resource.Group);
        await Answer.ObjectAsync(context, 200, resource, value, [], time);
    }

    private async Task ListAsync(HttpContext context, ApiRequest request)
    {
        var resource = request.Resource!;
        var options = ListOptions.Read(context.Request, resource, watch: false);
        var report = await usage.ReadAsync(context.RequestAborted);
        var found = caches[resource.Plural].List(request.Namespace.Length > 0 ? request.Namespace : null)
            .Where(options.Matches)
            .Select(o => Of(resource, o.Parse(), report))
            .OfType<JsonObject>()
            .ToList();
        await Answer.ListAsync(context, resource, found, new JsonObject(), time);
    }

    private static JsonObject? Of(Resource resource, JsonObject measured, UsageReport report)
    {
        if (resource.IsNamespaced)
            return MetricsObjects.OfPod(measured, report);
        return measured.Text("metadata", "name") == report.NodeName ? MetricsObjects.OfNode(measured, report) : null;
    }
}
