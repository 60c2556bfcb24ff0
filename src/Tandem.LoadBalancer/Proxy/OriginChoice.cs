using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Which origin gets a request. Pure.</summary>
internal static class OriginChoice
{
    /// <summary>An origin by chance and weight, of the pool that serves; where all of those are in doubt, of the next pool that may.</summary>
    /// <param name="route">Who may serve.</param>
    /// <param name="inDoubt">Whether traffic has shown that an origin may be lost.</param>
    /// <param name="but">The origin that failed already; null for a first try.</param>
    /// <param name="chance">From 0 up to but not including 1.</param>
    /// <returns>The origin; null where there is none.</returns>
    public static OriginView? Choose(ProxyRoute route, Func<OriginView, bool> inDoubt, OriginView? but, double chance)
    {
        bool Usable(OriginView origin) => but is null || OriginKey.Of(origin) != OriginKey.Of(but);
        foreach (var pool in route.AcrossPools ? route.Pools : route.Pools.Take(1))
        {
            if (Pick(Serving(pool).Where(origin => Usable(origin) && !inDoubt(origin)), chance) is { } good)
                return good;
        }

        // A doubt is no verdict: better an origin that may be lost than none.
        return route.Pools.Count > 0 ? Pick(Serving(route.Pools[0]).Where(Usable), chance) : null;
    }

    /// <summary>Whether an origin may serve new clients.</summary>
    public static bool MayServe(ProxyRoute route, OriginView origin) => route.Pools.Any(pool => Serving(pool).Contains(origin));

    /// <summary>The healthy origins, or all where none is (forced up, or the fallback). Weight 0 gets traffic only where all have it.</summary>
    private static IReadOnlyList<OriginView> Serving(PoolView pool)
    {
        var weighty = pool.Origins.Where(o => o.Weight > 0).ToList();
        var origins = weighty.Count > 0 ? weighty : pool.Origins;
        var healthy = origins.Where(o => o.Healthy).ToList();
        return healthy.Count > 0 ? healthy : origins;
    }

    private static OriginView? Pick(IEnumerable<OriginView> origins, double chance)
    {
        var all = origins.ToList();
        var total = all.Sum(Share);
        var mark = chance * total;
        foreach (var origin in all)
        {
            mark -= Share(origin);
            if (mark < 0)
                return origin;
        }

        return all.Count > 0 ? all[^1] : null;

        double Share(OriginView origin) => all.Exists(o => o.Weight > 0) ? origin.Weight : 1;
    }
}
