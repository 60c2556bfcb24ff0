using Microsoft.AspNetCore.Http;

namespace Tandem.Kubernetes.Api;

/// <summary>What the nodes serve about themselves, behind <c>GET …/nodes/NAME/proxy/PATH</c>.</summary>
internal interface INodeEndpoints
{
    /// <param name="context">The request.</param>
    /// <param name="node">The node's name.</param>
    /// <param name="path">Without a slash at its beginning.</param>
    Task WriteAsync(HttpContext context, string node, string path);
}
