using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Tandem.Kubernetes.Api;

/// <summary>Where the logs of pods come from: the node, which lives in the same process.</summary>
internal interface IPodLogs
{
    /// <summary>Answers <c>GET …/pods/NAME/log</c>.</summary>
    Task WriteAsync(HttpContext context, JsonObject pod);
}
