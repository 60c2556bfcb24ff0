namespace Tandem.Ingress.Translation;

/// <summary>An nginx location: a prefix, or with <c>=</c> exactly one path.</summary>
internal readonly record struct LocationMatch(string Path, bool Exact)
{
    public override string ToString() => (Exact ? "= " : "") + ConfigurationText.Quote(Path);
}

/// <summary>
/// Kubernetes' paths as nginx locations. Prefixes match by whole path elements: <c>/foo</c> stands for exactly <c>/foo</c>
/// and all that begins with <c>/foo/</c>. What no route wants belongs to the default backend, shown as null.
/// </summary>
internal static class Locations
{
    public static IReadOnlyList<(LocationMatch Match, Route? Route)> Of(Server server)
    {
        var locations = new Dictionary<LocationMatch, Route?>();
        if (server.Host is null)
            locations[new(Health.Path, true)] = null; // asked by address, it is always the controller that answers
        foreach (var route in server.Routes.Where(r => r.Exact))
            locations.TryAdd(new(route.Path, true), route);
        foreach (var route in server.Routes.Where(r => !r.Exact))
        {
            locations.TryAdd(new(route.Path.TrimEnd('/') + "/", false), route);
            if (route.Path != "/")
                locations.TryAdd(new(route.Path, true), route);
        }

        // Of a location that ends in a slash and proxies, nginx makes a redirect for the path without it, unless it has one too.
        foreach (var match in locations.Keys.Where(m => m.Path.Length > 1 && m.Path[^1] == '/').ToList())
            locations.TryAdd(new(match.Path[..^1], true), Best(server.Routes, match.Path[..^1]));

        locations.TryAdd(new("/", false), null);
        if (Best(server.Routes, Health.Path) is null)
            locations.TryAdd(new(Health.Path, true), null);
        return [.. locations.OrderBy(l => l.Key.Path, StringComparer.Ordinal).ThenBy(l => l.Key.Exact).Select(l => (l.Key, l.Value))];
    }

    /// <summary>The route that Kubernetes' rules choose for a path: the longest, exact before prefix.</summary>
    internal static Route? Best(IEnumerable<Route> routes, string path) =>
        routes.Where(r => r.Matches(path)).OrderByDescending(r => r.Path.Length).ThenByDescending(r => r.Exact).FirstOrDefault();
}
