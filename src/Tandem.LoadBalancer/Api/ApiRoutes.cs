using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Telemetry;

namespace Tandem.LoadBalancer.Api;

/// <summary>Every path of the API: Cloudflare's below /client/v4, and Tandem's own below /tandem/v1.</summary>
internal sealed class ApiRoutes(
    LoadBalancerOptions options, ConfigurationStore store, HealthAnswers health, StatusAnswers status, EventLog events,
    BalancerMetrics metrics)
{
    public const string Base = "/client/v4";

    /// <summary>The one path that wants no token: it tells nothing secret, and the listener is a loopback one.</summary>
    public const string Metrics = "/metrics";

    private readonly PoolKind _pools = new(health.WithHealth);

    public void Map(IEndpointRouteBuilder routes)
    {
        var account = $"{Base}/accounts/{options.AccountId}/load_balancers";
        Map(routes, $"{account}/monitors", new MonitorKind());
        Map(routes, $"{account}/pools", _pools);
        Map(routes, $"{Base}/zones/{options.ZoneId}/load_balancers", new LoadBalancerKind(options.ZoneName));
        routes.MapGet($"{account}/pools/{{id}}/health", context => ApiServer.WriteAsync(
            context, Success(health.Of(Pool(Id(context)))), CloudflareJson.Default.CloudflareEnvelopeCloudflarePoolHealth));
        routes.MapGet($"{Base}/zones", ListZones);
        routes.MapGet($"{Base}/user/tokens/verify", context => ApiServer.WriteAsync(
            context, Success(new CloudflareToken { Id = options.AccountId, Status = "active" }), CloudflareJson.Default.CloudflareEnvelopeCloudflareToken));

        routes.MapGet($"{Base}/user/load_balancing_analytics/events", context => ApiServer.WriteAsync(
            context, Paging.Of(AnalyticsAnswers.Of(events.Since(0), context.Request.Query), context.Request),
            CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareHealthEvent));

        routes.MapGet("/tandem/v1/status", context => context.Response.WriteAsJsonAsync(status.Get(), TandemJson.Default.BalancerStatus));
        routes.MapGet("/tandem/v1/events", ListEvents);
        routes.MapGet(Metrics, context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return metrics.WriteAsync(context.Response.Body, context.RequestAborted);
        });
        routes.MapPost("/tandem/v1/pools/{id}/force", ForceAsync);
    }

    private void Map<T>(IEndpointRouteBuilder routes, string path, ResourceKind<T> kind)
        where T : class, ICloudflareObject
    {
        var service = new ResourceService<T>(kind, store, options.TimeProvider);
        Task Answer(HttpContext context, T value) => ApiServer.WriteAsync(context, Success(value), kind.Envelope);

        routes.MapGet(path, context => ApiServer.WriteAsync(context, service.List(context.Request), kind.ListEnvelope));
        routes.MapPost(path, async context => await Answer(context, service.Create(await BodyAsync(context))));
        routes.MapGet(path + "/{id}", context => Answer(context, service.Get(Id(context))));
        routes.MapPut(path + "/{id}", async context => await Answer(context, service.Replace(Id(context), await BodyAsync(context))));
        routes.MapPatch(path + "/{id}", async context => await Answer(context, service.Patch(Id(context), await BodyAsync(context))));
        routes.MapDelete(path + "/{id}", context =>
        {
            service.Delete(Id(context));
            return ApiServer.WriteAsync(
                context, Success(new CloudflareId { Id = Id(context) }), CloudflareJson.Default.CloudflareEnvelopeCloudflareId);
        });
        routes.MapGet(path + "/{id}/references", context => ApiServer.WriteAsync(
            context, Success(service.References(Id(context))), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareReference));
    }

    private Task ListZones(HttpContext context)
    {
        var zone = new CloudflareZone
        {
            Id = options.ZoneId,
            Name = options.ZoneName,
            Status = "active",
            Account = new CloudflareAccount { Id = options.AccountId, Name = "tandem" },
        };
        var wanted = context.Request.Query["name"] is [{ } name] ? name : options.ZoneName;
        IReadOnlyList<CloudflareZone> zones = string.Equals(wanted, options.ZoneName, StringComparison.OrdinalIgnoreCase) ? [zone] : [];
        return ApiServer.WriteAsync(context, Paging.Of(zones, context.Request), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareZone);
    }

    private Task ListEvents(HttpContext context)
    {
        long since = 0;
        if (context.Request.Query["since"] is [{ } text] && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since))
            throw new ApiException(400, Validation.Error("/since", "since is not the number of an event: validation failed"));
        return context.Response.WriteAsJsonAsync(new BalancerEvents { Events = events.Since(since) }, TandemJson.Default.BalancerEvents);
    }

    private async Task ForceAsync(HttpContext context)
    {
        var id = Id(context);
        Pool(id);
        var body = await BodyAsync(context);
        var word = body.Count == 1 && body["state"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        if (word is not ("up" or "down" or "auto"))
            throw new ApiException(400, Validation.Error("/state", "state must be up, down or auto: validation failed"));
        store.Update(configuration => configuration with
        {
            Forced = word == "auto" ? configuration.Forced.Remove(id) : configuration.Forced.SetItem(id, word == "up"),
        });
        await context.Response.WriteAsJsonAsync(status.Get(), TandemJson.Default.BalancerStatus);
    }

    private CloudflarePool Pool(string id) =>
        store.Current.Pools.GetValueOrDefault(id) ?? throw ApiException.NotFound(_pools.Name, id);

    private static string Id(HttpContext context) => (string)context.Request.RouteValues["id"]!;

    private static CloudflareEnvelope<T> Success<T>(T result) => new() { Success = true, Result = result };

    private static async Task<JsonObject> BodyAsync(HttpContext context) =>
        await JsonNode.ParseAsync(
            context.Request.Body, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false },
            cancellationToken: context.RequestAborted) as JsonObject
        ?? throw new ApiException(400, Validation.Error("", "The body must be a JSON object: validation failed"));
}
