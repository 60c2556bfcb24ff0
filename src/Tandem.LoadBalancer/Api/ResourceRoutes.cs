using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloudflare.Model;

namespace Tandem.LoadBalancer.Api;

/// <summary>The paths that every kind of object has.</summary>
internal static class ResourceRoutes
{
    public static void Map<T>(IEndpointRouteBuilder routes, string path, ResourceKind<T> kind, ResourceService<T> service)
        where T : class, ICloudflareObject
    {
        Task Answer(HttpContext context, T value) => ApiServer.WriteAsync(context, Success(value), kind.Envelope);

        routes.MapGet(path, context => ApiServer.WriteAsync(context, service.List(context.Request), kind.ListEnvelope));
        routes.MapPost(path, async context => await Answer(context, service.Create(await RequestBody.ReadAsync(context))));
        routes.MapGet(path + "/{id}", context => Answer(context, service.Get(Id(context))));
        routes.MapPut(path + "/{id}", async context => await Answer(context, service.Replace(Id(context), await RequestBody.ReadAsync(context))));
        routes.MapPatch(path + "/{id}", async context => await Answer(context, service.Patch(Id(context), await RequestBody.ReadAsync(context))));
        routes.MapDelete(path + "/{id}", context =>
        {
            service.Delete(Id(context));
            return ApiServer.WriteAsync(
                context, Success(new CloudflareId { Id = Id(context) }), CloudflareJson.Default.CloudflareEnvelopeCloudflareId);
        });
        routes.MapGet(path + "/{id}/references", context => ApiServer.WriteAsync(
            context, Success(service.References(Id(context))), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareReference));
    }

    public static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    public static CloudflareEnvelope<T> Success<T>(T result) => new() { Success = true, Result = result };
}
