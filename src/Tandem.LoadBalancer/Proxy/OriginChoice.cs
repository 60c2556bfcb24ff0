using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>Which origin gets a request. Pure.</summary>
internal static class OriginChoice
{
    /// <summary>
    /// An origin by chance and weight, of the first pool that has a good one. A doubt is no verdict: where there is none, of the
    /// pool with the best.
    /// </summary>
    /// <param name="pools">Who may serve, in order.</param>
    /// <param name="standing">What is to be expected of an origin.</param>
    /// <param name="but">The origin that failed already; null for a first try.</param>
    /// <param name="chance">From 0 up to but not including 1.</param>
    /// <returns>The origin; null where there is none.</returns>
    public static OriginView? Choose(
        IEnumerable<PoolView> pools, Func<OriginView, OriginStanding> standing, OriginView? but, double chance)
    {
        (IReadOnlyList<OriginView> Origins, OriginStanding Best)? doubtful = null;
        foreach (var pool in pools)
        {
            var usable = Serving(pool).Where(origin => but is null || OriginKey.Of(origin) != OriginKey.Of(but)).ToList();
            if (Pick(usable.Where(origin => standing(origin).IsGood), chance) is { } good)
                return good;
            if (usable.Count > 0 && usable.Max(standing) is var best && (doubtful is null || best.CompareTo(doubtful.Value.Best) > 0))
                doubtful = (usable, best);
        }

        return doubtful is { } last ? Pick(last.Origins, chance) : null;
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
