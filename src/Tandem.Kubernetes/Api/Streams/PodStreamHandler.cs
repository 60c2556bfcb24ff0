using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Tandem.Kubernetes.Api.Authentication;
using Tandem.Kubernetes.Api.Authorization;
using Tandem.Kubernetes.Api.Content;
using Tandem.Kubernetes.Api.Errors;

namespace Tandem.Kubernetes.Api.Streams;

/// <summary>
/// <c>pods/exec</c>, <c>pods/attach</c> and <c>pods/portforward</c>. As in kube-apiserver, SPDY and the older WebSocket protocols
/// go through to the runtime as they are; the two newer WebSocket protocols are translated to SPDY here (KEP-4006).
/// </summary>
internal sealed class PodStreamHandler(Registry registry, RbacAuthorizer authorizer, IPodStreams streams, TimeProvider time) : IDisposable
{
    private readonly UpstreamClient _upstream = new();

    /// <summary>Answers one request; returns when the streams have ended.</summary>
    /// <exception cref="ApiException">Refused with a Status.</exception>
    public async Task HandleAsync(HttpContext context, ApiRequest request, UserInfo user)
    {
        // A WebSocket can only be opened with GET: reading pods must not be enough to run commands in them.
        authorizer.Check(user, AuthorizationAttributes.Of(request with { Verb = "create" }));
        if (context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true } upgrade)
            throw ApiException.BadRequest("Upgrade request required");
        var pod = registry.Get(request.Resource!, request.Namespace, request.Name).Parse();
        var offered = WebSocketProtocols.Offered(context.Request);
        try
        {
            if (request.Subresource == "portforward")
            {
                var location = await streams.PortForwardAsync(pod, PodStreamRequest.ReadPorts(context.Request.Query, pod), context.RequestAborted);
                if (offered.Contains(WebSocketProtocols.Tunnel))
                    await new PortForwardTunnel(_upstream, time).RunAsync(context, location);
                else
                    await new UpgradeProxy(_upstream).RunAsync(context, upgrade, location);
                return;
            }

            var options = PodStreamRequest.Read(context.Request.Query, pod, request.Subresource == "exec");
            if (offered.Contains(WebSocketProtocols.V5))
                await new StreamTranslator(_upstream, time).RunAsync(context, options, Locate);
            else
                await new UpgradeProxy(_upstream).RunAsync(context, upgrade, await Locate());

            Task<Uri> Locate() => request.Subresource == "exec"
                ? streams.ExecAsync(pod, options, context.RequestAborted)
                : streams.AttachAsync(pod, options, context.RequestAborted);
        }
        catch (StreamRefusedException e)
        {
            await Answer.TextAsync(context, e.Code, e.Message);
        }
    }

    public void Dispose() => _upstream.Dispose();
}
