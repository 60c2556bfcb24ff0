using System.Globalization;
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
        var query = context.Request.Query;
        Func<Stream, CancellationToken, Task> copy;
        try
        {
            copy = logs.Open(KubernetesJson.Deserialize<V1Pod>(pod.ToJsonString()), new ContainerLogOptions
            {
                Container = query["container"].ToString() is { Length: > 0 } name ? name : null,
                Follow = ApiRequest.IsTrue(query["follow"]),
                Previous = ApiRequest.IsTrue(query["previous"]),
                SinceSeconds = Number(query, "sinceSeconds"),
                SinceTime = DateTimeOffset.TryParse(query["sinceTime"], CultureInfo.InvariantCulture, out var since) ? since : null,
                TailLines = Number(query, "tailLines"),
                Timestamps = ApiRequest.IsTrue(query["timestamps"]),
                LimitBytes = Number(query, "limitBytes"),
            });
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

    private static long? Number(IQueryCollection query, string name) =>
        long.TryParse(query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
