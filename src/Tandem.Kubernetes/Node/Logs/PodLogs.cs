using System.Text.Json.Nodes;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Http;
using Tandem.Kubernetes.Api;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Node.Logs;

/// <summary>Answers the API's <c>pods/log</c> from the files of the node in the same process.</summary>
internal sealed class PodLogs(ContainerLogs logs) : IPodLogs
{
    public async Task WriteAsync(HttpContext context, JsonObject pod)
    {
        var options = PodLogQuery.Read(context.Request.Query, pod.Text("metadata", "name") ?? "");
        var typed = KubernetesJson.Deserialize<V1Pod>(pod.ToJsonString());
        options = options with { Container = LogSelection.Name(typed, options.Container) };
        if (string.IsNullOrEmpty(typed.Spec.NodeName))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        Func<Stream, CancellationToken, Task> copy;
        try
        {
            copy = logs.Open(typed, options);
        }
        catch (ContainerLogException e)
        {
            throw ApiException.BadRequest(e.Message);
        }

        context.Response.ContentType = "text/plain";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await copy(context.Response.Body, context.RequestAborted);
    }
}
