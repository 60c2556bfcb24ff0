using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Events;
using Tandem.LoadBalancer.State;

namespace Tandem.LoadBalancer.Api;

/// <summary>Tandem's own part of the API, below /tandem/v1.</summary>
internal sealed class TandemRoutes(ConfigurationStore store, StatusAnswers status, EventLog events, ILogger logger)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/tandem/v1/status", context => context.Response.WriteAsJsonAsync(status.Get(), TandemJson.Default.BalancerStatus));
        routes.MapGet("/tandem/v1/events", ListEvents);
        routes.MapPost("/tandem/v1/pools/{id}/force", ForceAsync);
    }

    private Task ListEvents(HttpContext context)
    {
        long since = 0;
        if (context.Request.Query["since"] is [{ } text] && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out since))
            throw ApiException.Invalid("/since", "since is not the number of an event");
        return context.Response.WriteAsJsonAsync(new BalancerEvents { Events = events.Since(since) }, TandemJson.Default.BalancerEvents);
    }

    private async Task ForceAsync(HttpContext context)
    {
        var id = ResourceRoutes.Id(context);
        var body = await RequestBody.ReadAsync(context);
        var word = body.Count == 1 && body["state"] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;
        if (word is not ("up" or "down" or "auto"))
            throw ApiException.Invalid("/state", "state must be up, down or auto");
        var pool = "";
        store.Update(configuration =>
        {
            pool = (configuration.Pools.GetValueOrDefault(id) ?? throw ApiException.NotFound("pool", id)).Name;
            return configuration with
            {
                Forced = word == "auto" ? configuration.Forced.Remove(id) : configuration.Forced.SetItem(id, word == "up"),
            };
        });
        logger.PoolForced(pool!, word);
        await context.Response.WriteAsJsonAsync(status.Get(), TandemJson.Default.BalancerStatus);
    }
}
