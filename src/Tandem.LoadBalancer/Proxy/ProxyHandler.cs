using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Tandem.LoadBalancer.Steering;
using Yarp.ReverseProxy.Forwarder;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>
/// Answers a request with an origin's response. One that fails before anything of a response was sent gets a second try, if it
/// may be sent twice: on another origin of the pool, or of another pool where the load balancer allows that.
/// </summary>
internal sealed class ProxyHandler(
    ProxyOptions options, ProxyTables tables, OriginStates states, OriginTransport transport, SessionAffinity affinity,
    RetryBudget budget, ProxyStatistics statistics, TimeProvider time, ILogger logger)
{
    private readonly ForwarderRequestConfig _config = new()
    {
        ActivityTimeout = options.ActivityTimeout,
        Version = HttpVersion.Version11,
        VersionPolicy = HttpVersionPolicy.RequestVersionExact,
    };

    public async Task HandleAsync(HttpContext context, IHttpForwarder forwarder)
    {
        statistics.Requests.Increment();
        budget.Count();
        if (!tables.Current.TryFind(context.Request.Host.Host, out var route))
        {
            await ProxyAnswers.WriteAsync(context, 421, $"{context.Request.Host.Host} is not served here");
            return;
        }

        if (route is null)
        {
            context.Response.Headers.RetryAfter = "1";
            await ProxyAnswers.WriteAsync(context, 503, "the origins have not been checked yet");
            return;
        }

        var exchange = new Exchange(context, route, affinity.Pinned(context.Request, route), Watch(context));
        var first = exchange.Pinned ?? Choose(route.Usable, null);
        if (first is null)
        {
            await ProxyAnswers.WriteAsync(context, 530, "no pool may serve (1016)");
            return;
        }

        await ServeAsync(exchange, first, forwarder);
    }

    private async Task ServeAsync(Exchange exchange, OriginView first, IHttpForwarder forwarder)
    {
        var context = exchange.Context;
        var (failure, permitted) = await TryAsync(exchange, first, true, forwarder);
        if (failure is { } why && !context.Response.HasStarted && exchange.MayBeSentAgain
            && Elsewhere(exchange, first) is { } second && (permitted || why.NeverSent() || budget.TryTake()))
        {
            statistics.Retries.Increment();
            logger.ProxyRetries(context.Request.Method, first.Pool, first.Name, why.Text(), second.Pool);
            context.Response.Clear();
            (failure, _) = await TryAsync(exchange, second, false, forwarder);
        }

        if (failure is not { } last || context.RequestAborted.IsCancellationRequested)
            return;
        statistics.Failures.Increment();
        logger.ProxyFailed(context.Request.Method, exchange.Route.Balancer.Name!, last.Text());
        if (!context.Response.HasStarted)
            await ProxyAnswers.WriteAsync(context, last.Status(), string.Create(CultureInfo.InvariantCulture, $"{last.Text()} ({(int)last})"));
    }

    /// <returns>How the origin failed, null where it did not; and whether the permit for a second try is taken already.</returns>
    private async Task<(OriginFailure? Failure, bool Permitted)> TryAsync(
        Exchange exchange, OriginView origin, bool first, IHttpForwarder forwarder)
    {
        var context = exchange.Context;
        var state = states.Of(origin);
        var movable = first && exchange.MayBeSentAgain;
        var connection = new OriginConnection(
            origin, movable && Elsewhere(exchange, origin) is not null ? options.ShortConnectTimeout : options.ConnectTimeout);
        using var attempt = new Attempt(
            state, movable ? options.SlowAfter : null, () => IsBetter(Choose(Current(exchange).Pools, origin), origin),
            () => exchange.MayBeSentAgain && IsBetter(Elsewhere(exchange, origin), origin) && (connection.IsConnecting || budget.TryTake()),
            time, context.RequestAborted);
        var transformer = new ProxyTransformer(connection, () =>
        {
            attempt.Responded();
            affinity.Pin(context, exchange.Route, exchange.Pinned, origin);
            if (context.Request.Headers.ContainsKey(ProxyTransformer.PoolHeader))
                context.Response.Headers[ProxyTransformer.PoolHeader] = origin.Pool;
        });
        var error = await forwarder.SendAsync(context, Destination(origin, context.Request), transport.Invoker, _config, transformer, attempt.Cut);
        if (error == ForwarderError.None || context.RequestAborted.IsCancellationRequested)
            return (null, false);
        var failure = attempt.Cut.IsCancellationRequested ? OriginFailure.NoResponse
            : OriginFailures.Of(error, context.Features.Get<IForwarderErrorFeature>()?.Exception);
        if (failure is { } why)
            state.Failed(origin, why);
        return (failure, attempt.GivenUp);
    }

    /// <summary>Where a request may be sent that an origin failed: never to one that is worse.</summary>
    private OriginView? Elsewhere(Exchange exchange, OriginView failed) =>
        Choose(Current(exchange).Usable, failed) is { } other && Compare(other, failed) >= 0 ? other : null;

    private bool IsBetter(OriginView? other, OriginView origin) => other is not null && Compare(other, origin) > 0;

    private int Compare(OriginView one, OriginView other) => states.StandingOf(one).CompareTo(states.StandingOf(other));

    private OriginView? Choose(IEnumerable<PoolView> pools, OriginView? but) =>
        OriginChoice.Choose(pools, states.StandingOf, but, Random.Shared.NextDouble());

    /// <summary>The route as it is by now: other pools may have come or gone since the request did.</summary>
    private ProxyRoute Current(Exchange exchange) =>
        tables.Current.TryFind(exchange.Context.Request.Host.Host, out var now) && now is not null ? now : exchange.Route;

    private static string Destination(OriginView origin, HttpRequest request)
    {
        var tls = origin.Tls ?? request.IsHttps;
        var port = origin.Port > 0 ? origin.Port : tls ? 443 : 80;
        var host = IPAddress.TryParse(origin.Address, out var address) && address.GetAddressBytes().Length > 4 ? $"[{address}]" : origin.Address;
        return string.Create(CultureInfo.InvariantCulture, $"{(tls ? "https" : "http")}://{host}:{port}");
    }

    private static BodyWatch? Watch(HttpContext context)
    {
        if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is not { CanHaveBody: true })
            return null;
        var watch = new BodyWatch(context.Request.Body);
        context.Request.Body = watch;
        return watch;
    }

    private sealed record Exchange(HttpContext Context, ProxyRoute Route, OriginView? Pinned, BodyWatch? Body)
    {
        public bool MayBeSentAgain => Idempotency.Allows(Context.Request.Method) && Body is not { HasBeenRead: true }
            && (Pinned is null || SessionAffinity.MayLeave(Route, Pinned));
    }
}
