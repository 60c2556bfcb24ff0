using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;
using Tandem.LoadBalancer.Telemetry;
using static Tandem.LoadBalancer.Api.ResourceRoutes;

namespace Tandem.LoadBalancer.Api;

/// <summary>Every path of the API: Cloudflare's below /client/v4, and Tandem's own below /tandem/v1.</summary>
internal sealed class ApiRoutes(
    LoadBalancerOptions options, ConfigurationStore store, HealthAnswers health, Previews previews, TandemRoutes own, ReplicationRoutes replication,
    EventLog events, BalancerMetrics metrics)
{
    public const string Base = "/client/v4";

    /// <summary>The one path that wants no token: it tells nothing secret, and the listener is a loopback one.</summary>
    public const string Metrics = "/metrics";

    public void Map(IEndpointRouteBuilder routes)
    {
        var account = $"{Base}/accounts/{options.AccountId}/load_balancers";
        Map(routes, $"{account}/monitors", new MonitorKind());
        Map(routes, $"{account}/monitor_groups", new MonitorGroupKind());
        var pools = Map(routes, $"{account}/pools", new PoolKind(options.Quotas, health.WithHealth));
        Map(routes, $"{Base}/zones/{options.ZoneId}/load_balancers", new LoadBalancerKind(options.ZoneName, options.Proxy is not null));
        new AccountRoutes(store, health, previews, pools).Map(routes, account);

        routes.MapGet($"{Base}/zones", ListZones);
        routes.MapGet($"{Base}/zones/{options.ZoneId}", context => ApiServer.WriteAsync(
            context, Success(Zone), CloudflareJson.Default.CloudflareEnvelopeCloudflareZone));
        routes.MapGet($"{Base}/user/tokens/verify", context => ApiServer.WriteAsync(
            context, Success(new CloudflareToken { Id = options.AccountId, Status = "active" }), CloudflareJson.Default.CloudflareEnvelopeCloudflareToken));
        routes.MapGet($"{Base}/user/load_balancing_analytics/events", context => ApiServer.WriteAsync(
            context, Paging.Of(AnalyticsAnswers.Of(events.Since(0), context.Request.Query), context.Request),
            CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareHealthEvent));
        routes.MapGet(Metrics, context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return metrics.WriteAsync(context.Response.Body, context.RequestAborted);
        });
        own.Map(routes);
        replication.Map(routes);
    }

    private CloudflareZone Zone => new()
    {
        Id = options.ZoneId,
        Name = options.ZoneName,
        Status = "active",
        Account = new CloudflareAccount { Id = options.AccountId, Name = "tandem" },
    };

    private ResourceService<T> Map<T>(IEndpointRouteBuilder routes, string path, ResourceKind<T> kind)
        where T : class, ICloudflareObject
    {
        var service = new ResourceService<T>(kind, store, options);
        ResourceRoutes.Map(routes, path, kind, service);
        return service;
    }

    private Task ListZones(HttpContext context)
    {
        var wanted = context.Request.Query["name"] is [{ } name] ? name : options.ZoneName;
        IReadOnlyList<CloudflareZone> zones = string.Equals(wanted, options.ZoneName, StringComparison.OrdinalIgnoreCase) ? [Zone] : [];
        return ApiServer.WriteAsync(context, Paging.Of(zones, context.Request), CloudflareJson.Default.CloudflareEnvelopeIReadOnlyListCloudflareZone);
    }
}
