using k8s.Models;

namespace Tandem.Ingress.Translation;

/// <summary>The routes of all hosts. Who comes first, the older Ingress, has a host's path.</summary>
internal sealed class RouteTable
{
    private readonly SortedDictionary<string, Dictionary<(string Path, bool Exact), Route>> _hosts = new(StringComparer.Ordinal) { [""] = [] };

    /// <summary>All hosts, first null for requests to hosts without rules of their own.</summary>
    public IEnumerable<string?> Hosts => _hosts.Keys.Select(h => h.Length == 0 ? null : h);

    /// <summary>Each backend once.</summary>
    public IReadOnlyList<Upstream> Backends =>
        [.. _hosts.Values.SelectMany(h => h.Values).Select(r => r.Backend).DistinctBy(b => b.Name).OrderBy(b => b.Name, StringComparer.Ordinal)];

    public IReadOnlyList<Route> Of(string? host) =>
        [.. _hosts[host ?? ""].Values.OrderBy(r => r.Path, StringComparer.Ordinal).ThenByDescending(r => r.Exact)];

    public static RouteTable From(IReadOnlyList<V1Ingress> ingresses, ServiceTable services, List<Problem> problems)
    {
        var table = new RouteTable();
        foreach (var ingress in ingresses)
            table.AddRules(ingress, services, problems);
        // Afterwards, as a default backend takes only what no rule of the host wants.
        foreach (var ingress in ingresses.Where(i => i.Spec?.DefaultBackend is not null))
            table.AddDefaultBackend(ingress, services);
        return table;
    }

    private void AddRules(V1Ingress ingress, ServiceTable services, List<Problem> problems)
    {
        foreach (var rule in ingress.Spec?.Rules ?? [])
        {
            foreach (var path in rule.Http?.Paths ?? [])
            {
                var route = Create(ingress, rule.Host, path.Path ?? "/", path.PathType == "Exact", path.Backend, services);
                if (!HostOf(rule).TryAdd((route.Path, route.Exact), route))
                    problems.Add(new Problem(ingress, "Conflict", $"the path '{route.Path}' of host '{rule.Host}' belongs to an older Ingress or rule"));
            }

            HostOf(rule); // A host without paths is known all the same: it is answered, with 404 or by the default backend.
        }
    }

    private void AddDefaultBackend(V1Ingress ingress, ServiceTable services)
    {
        var hosts = (ingress.Spec.Rules ?? []).Select(r => r.Host ?? "").DefaultIfEmpty("");
        foreach (var host in hosts.Distinct())
        {
            var route = Create(ingress, host, "/", exact: false, ingress.Spec.DefaultBackend, services);
            _hosts[host].TryAdd((route.Path, route.Exact), route);
        }
    }

    private Dictionary<(string Path, bool Exact), Route> HostOf(V1IngressRule rule)
    {
        if (!_hosts.TryGetValue(rule.Host ?? "", out var routes))
            _hosts[rule.Host ?? ""] = routes = [];
        return routes;
    }

    private static Route Create(V1Ingress ingress, string? host, string path, bool exact, V1IngressBackend backend, ServiceTable services)
    {
        var normal = exact ? path : path.TrimEnd('/');
        var upstream = services.Resolve(ingress.Metadata.NamespaceProperty, backend.Service);
        var redirect = TlsHosts.Covers(ingress, host) && Annotations.RedirectsToHttps(ingress);
        return new Route(normal.Length == 0 ? "/" : normal, exact, upstream, redirect);
    }
}
