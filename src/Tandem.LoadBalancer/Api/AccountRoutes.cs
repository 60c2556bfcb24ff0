using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.State;
using static Tandem.LoadBalancer.Api.ResourceRoutes;

namespace Tandem.LoadBalancer.Api;

/// <summary>What an account has besides its objects: previews, pool health, search and regions.</summary>
internal sealed class AccountRoutes(ConfigurationStore store, HealthAnswers health, Previews previews, ResourceService<CloudflarePool> pools)
{
    public void Map(IEndpointRouteBuilder routes, string account)
    {
        routes.MapPatch($"{account}/pools", PatchPoolsAsync);
        routes.MapGet($"{account}/pools/{{id}}/health", context => ApiServer.WriteAsync(
            context, Success(health.Of(pools.Get(Id(context)))), CloudflareJson.Default.CloudflareEnvelopeCloudflarePoolHealth));
        routes.MapPost($"{account}/pools/{{id}}/preview", async context => await PreviewAsync(
            context, await previews.OfPoolAsync(Id(context), await RequestBody.ReadAsync(context), context.RequestAborted)));
        routes.MapPost($"{account}/monitors/{{id}}/preview", async context => await PreviewAsync(
            context, await previews.OfMonitorAsync(Id(context), await RequestBody.ReadAsync(context), context.RequestAborted)));
        routes.MapGet($"{account}/preview/{{id}}", context => ApiServer.WriteAsync(
            context, Success(previews.Get(Id(context))), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyDictionaryStringCloudflarePopHealth));
        routes.MapGet($"{account}/search", context => ApiServer.WriteAsync(
            context, SearchAnswers.Of(store.Current, context.Request), CloudflareJson.Default.CloudflareEnvelopeCloudflareSearch));
        routes.MapGet($"{account}/regions", context => ApiServer.WriteAsync(
            context, Success(RegionAnswers.All(context.Request)), CloudflareJson.Default.CloudflareEnvelopeCloudflareRegions));
        routes.MapGet($"{account}/regions/{{id}}", context => ApiServer.WriteAsync(
            context, Success(RegionAnswers.One(Id(context))), CloudflareJson.Default.CloudflareEnvelopeCloudflareRegion));
    }

    private static Task PreviewAsync(HttpContext context, CloudflarePreview preview) =>
        ApiServer.WriteAsync(context, Success(preview), CloudflareJson.Default.CloudflareEnvelopeCloudflarePreview);

    /// <summary>
    /// All that Cloudflare lets a request change in all pools at once: it clears their e-mail address, and answers the pools by
    /// name. There is no address here.
    /// </summary>
    private async Task PatchPoolsAsync(HttpContext context)
    {
        var body = await RequestBody.ReadAsync(context);
        var errors = new Validation();
        foreach (var (name, value) in body)
        {
            errors.Require(
                name == "notification_email" && value is not null && value.GetValueKind() == System.Text.Json.JsonValueKind.String && (string?)value == "",
                $"/{name}", "only notification_email can be reset, with \"\", in all pools at once: validation failed");
        }

        errors.ThrowIfAny();
        await ApiServer.WriteAsync(
            context, pools.List(context.Request, pool => pool.Name), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflarePool);
    }
}
