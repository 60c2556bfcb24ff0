using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Tandem.LoadBalancer.Replication;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>The other side of <see cref="PeerClient"/>: takes in what a peer knows, and answers with what both know together.</summary>
internal sealed class ReplicationRoutes(ConfigurationStore store, Replicator replicator)
{
    public void Map(IEndpointRouteBuilder routes) => routes.MapPut(PeerClient.Path, ExchangeAsync);

    private async Task ExchangeAsync(HttpContext context)
    {
        context.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = PeerClient.MaxBody;
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        replicator.Seen(context.Request.Headers[PeerClient.SenderHeader]);
        ReplicaState theirs, merged;
        try
        {
            theirs = PeerClient.Read(body.GetBuffer().AsSpan(0, (int)body.Length));
            merged = store.Merge(theirs);
        }
        catch (InvalidDataException e)
        {
            throw ApiException.Invalid("", e.Message);
        }

        if (merged.SameAs(theirs))
        {
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(PeerClient.Write(merged), context.RequestAborted);
    }
}
