using Microsoft.AspNetCore.Http;
using Tandem.LoadBalancer.Api;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Keeps a client with its origin, by a cookie.</summary>
/// <remarks><see href="https://developers.cloudflare.com/load-balancing/understand-basics/session-affinity/">Cloudflare: session affinity</see>.</remarks>
internal sealed class SessionAffinity(AffinityCookie cookie, TimeProvider time)
{
    /// <summary>The origin that the client is pinned to and that may serve it; null where it is to be chosen.</summary>
    public OriginView? Pinned(HttpRequest request, ProxyRoute route)
    {
        if (route.Balancer.SessionAffinity != "cookie")
            return null;
        var now = time.GetUtcNow();
        var draining = route.Draining.Where(d => now < d.Until).Select(d => d.Origin).ToList();
        var origins = route.Pools.SelectMany(pool => pool.Origins).Concat(draining);
        return cookie.Read(request.Cookies[AffinityCookie.Name], route.Balancer.Id!, origins) is { } origin
            && (OriginChoice.MayServe(route, origin) || draining.Contains(origin)) ? origin : null;
    }

    /// <summary>Whether a request of a client that is pinned to an origin may be tried on another.</summary>
    public static bool MayLeave(ProxyRoute route, OriginView pinned) =>
        route.Balancer.SessionAffinityAttributes?.ZeroDowntimeFailover is "temporary" or "sticky" || Drains(route, pinned);

    /// <summary>Pins the client to the origin that answered, unless it is so already or is to return to its own.</summary>
    public void Pin(HttpContext context, ProxyRoute route, OriginView? pinned, OriginView answered)
    {
        var attributes = route.Balancer.SessionAffinityAttributes;
        if (route.Balancer.SessionAffinity != "cookie" || pinned == answered
            || (pinned is not null && attributes?.ZeroDowntimeFailover == "temporary" && !Drains(route, pinned)))
            return;
        var ttl = TimeSpan.FromSeconds(ProxyRules.CookieTtl(route.Balancer)!.Value);
        context.Response.Cookies.Append(AffinityCookie.Name, cookie.Write(route.Balancer.Id!, answered, ttl), new CookieOptions
        {
            HttpOnly = true,
            MaxAge = ttl,
            Path = "/",
            Secure = attributes?.Secure switch { "Always" => true, "Never" => false, _ => context.Request.IsHttps || attributes?.Samesite == "None" },
            SameSite = attributes?.Samesite switch { "None" => SameSiteMode.None, "Strict" => SameSiteMode.Strict, _ => SameSiteMode.Lax },
        });
    }

    private static bool Drains(ProxyRoute route, OriginView origin) => route.Draining.Any(d => d.Origin == origin);
}
