using System.Globalization;
using Microsoft.AspNetCore.Http;
using Tandem.Cloudflare.Model;
using Tandem.LoadBalancer.Events;

namespace Tandem.LoadBalancer.Api;

/// <summary>The answer of Cloudflare's <c>load_balancing_analytics/events</c>: changes of pools, out of the event log.</summary>
internal static class AnalyticsAnswers
{
    public static IReadOnlyList<CloudflareHealthEvent> Of(IEnumerable<BalancerEvent> events, IQueryCollection query)
    {
        var errors = new Validation();
        var (since, until) = (Time(query, "since", errors), Time(query, "until", errors));
        var (pool, origin) = (Flag(query, "pool_healthy", errors), Flag(query, "origin_healthy", errors));
        var (id, name, originName) = (Text(query, "pool_id"), Text(query, "pool_name"), Text(query, "origin_name"));
        errors.ThrowIfAny();
        return
        [
            .. from e in events
               where e.Type is BalancerEvent.PoolDown or BalancerEvent.PoolUp
               where e.At >= (since ?? e.At) && e.At <= (until ?? e.At)
               where (id ?? e.PoolId) == e.PoolId && (name ?? e.Pool) == e.Pool
               where pool is null || pool == (e.Type == BalancerEvent.PoolUp)
               where (originName is null && origin is null)
                   || (e.Origins ?? []).Any(o => (originName ?? o.Name) == o.Name && (origin ?? o.Healthy) == o.Healthy)
               select Event(e),
        ];
    }

    private static CloudflareHealthEvent Event(BalancerEvent happened) => new()
    {
        Id = happened.Seq,
        Timestamp = happened.At,
        Pool = new CloudflareEventPool
        {
            Id = happened.PoolId,
            Name = happened.Pool,
            Healthy = happened.Type == BalancerEvent.PoolUp,
            Changed = true,
            MinimumOrigins = happened.MinimumOrigins,
        },
        Origins =
        [
            .. (happened.Origins ?? []).Select(o => new CloudflareEventOrigin
            {
                Name = o.Name,
                Address = o.Address,
                Ip = o.Address,
                Enabled = o.Enabled,
                Healthy = o.Healthy,
                Changed = o.Changed,
                FailureReason = o.FailureReason,
            }),
        ],
    };

    private static string? Text(IQueryCollection query, string name) => query[name] is [{ Length: > 0 } text] ? text : null;

    private static DateTimeOffset? Time(IQueryCollection query, string name, Validation errors)
    {
        if (Text(query, name) is not { } text)
            return null;
        var valid = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time);
        errors.Require(valid, $"/{name}", $"{name} is not a time: validation failed");
        return time;
    }

    private static bool? Flag(IQueryCollection query, string name, Validation errors)
    {
        if (Text(query, name) is not { } text)
            return null;
        errors.Require(bool.TryParse(text, out var flag), $"/{name}", $"{name} is not true or false: validation failed");
        return flag;
    }
}
