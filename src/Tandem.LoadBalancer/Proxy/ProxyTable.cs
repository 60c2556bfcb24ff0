using System.Collections.Frozen;
using Tandem.Dns;
using Tandem.LoadBalancer.Engine;

namespace Tandem.LoadBalancer.Proxy;

/// <summary>The routes of all proxied hostnames at one moment; null for one whose first round of checks is under way.</summary>
internal sealed class ProxyTable(IEnumerable<KeyValuePair<DnsName, ProxyRoute?>> routes)
{
    private readonly FrozenDictionary<DnsName, ProxyRoute?> _routes = routes.ToFrozenDictionary();

    public bool TryFind(string host, out ProxyRoute? route)
    {
        route = null;
        return DnsName.TryParse(host, out var name) && _routes.TryGetValue(name, out route);
    }
}

/// <summary>Keeps the table as the decisions are.</summary>
internal sealed class ProxyTables(TimeProvider time)
{
    private readonly Dictionary<string, Draining> _draining = [];
    private volatile ProxyTable _current = new([]);

    public ProxyTable Current => _current;

    /// <summary>Not to be called by two threads at once.</summary>
    public void Update(Decision decision)
    {
        var routes = new Dictionary<DnsName, ProxyRoute?>();
        foreach (var balancer in decision.Configuration.LoadBalancers.Values.Where(b => b is { Proxied: true, Enabled: not false }))
        {
            if (!_draining.TryGetValue(balancer.Id!, out var draining))
                _draining[balancer.Id!] = draining = new Draining(time);
            var leaving = draining.Update(balancer, decision);
            routes[DnsName.Parse(balancer.Name!)] = decision.Answers.ContainsKey(balancer.Id!) ? ProxyRoute.Of(balancer, decision, leaving) : null;
        }

        foreach (var gone in _draining.Keys.Where(id => !decision.Configuration.LoadBalancers.ContainsKey(id)).ToList())
            _draining.Remove(gone);
        _current = new ProxyTable(routes);
    }
}
