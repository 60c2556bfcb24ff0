using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;
using Tandem.Kubernetes.Api.Metrics;
using Tandem.Kubernetes.Node.Cri;

namespace Tandem.Kubernetes.Node.Stats;

/// <summary>What a kubelet serves at its own port about what runs on its node.</summary>
internal sealed class NodeEndpoints(NodeOptions options, INodeUsage usage, TimeProvider time) : INodeEndpoints, IDisposable
{
    private readonly CriClient _cri = new(options.ContainerdSocket);

    public async Task WriteAsync(HttpContext context, string node, string path)
    {
        if (node != options.NodeName)
            throw new ApiException(503, "ServiceUnavailable", $"error trying to reach service: no node {node} runs here");
        switch (path)
        {
            case "healthz":
                await Answer.TextAsync(context, 200, "ok");
                break;
            case "stats/summary":
                await Answer.JsonAsync(context, 200, SummaryJson.Of(await ReadAsync(context), await usage.ReadAsync(context.RequestAborted)));
                break;
            case "metrics/resource":
                await MetricsAsync(context, ResourceMetrics.Of(await ReadAsync(context)));
                break;
            case "metrics/cadvisor":
                await MetricsAsync(context, CadvisorMetrics.Of(await ReadAsync(context), Environment.ProcessorCount));
                break;
            default:
                await Answer.TextAsync(context, 404, "404 page not found\n");
                break;
        }
    }

    public void Dispose() => _cri.Dispose();

    private async Task<NodeStats> ReadAsync(HttpContext context)
    {
        try
        {
            return await new StatsReader(_cri, options, time).ReadAsync(context.RequestAborted);
        }
        catch (RpcException e) when (e.StatusCode != StatusCode.Cancelled)
        {
            throw new ApiException(503, "ServiceUnavailable", $"the container runtime does not answer: {e.Status.Detail}") { RetryAfterSeconds = 1 };
        }
    }

    private static async Task MetricsAsync(HttpContext context, string text)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
