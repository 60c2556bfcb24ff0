using System.Text.Json;
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
        ReplicaState merged;
        try
        {
            merged = store.Merge(PeerClient.Read(body.GetBuffer().AsSpan(0, (int)body.Length)));
        }
        catch (InvalidDataException e)
        {
            throw ApiException.Invalid("", e.Message);
        }

        context.Response.ContentType = "application/json";
        await JsonSerializer.SerializeAsync(
            context.Response.Body, StoredConfiguration.From(merged), StateJson.Default.StoredConfiguration, context.RequestAborted);
    }
}
