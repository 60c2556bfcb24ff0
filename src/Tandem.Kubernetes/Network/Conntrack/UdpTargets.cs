using System.Net;

namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>
/// Which endpoints answer at which UDP addresses. A connection of UDP has no end: who keeps sending from one port would keep the
/// endpoint it got first, also one that is gone, or the nothing there was before the first endpoint came.
/// </summary>
internal sealed class UdpTargets
{
    private const int Udp = 17;

    private readonly Dictionary<IPEndPoint, HashSet<IPEndPoint>> _endpoints = [];

    public static UdpTargets Of(NetworkModel model)
    {
        var targets = new UdpTargets();
        foreach (var route in model.Services.Where(s => s.Protocol == Udp))
            foreach (var frontend in route.Frontends)
                targets._endpoints[frontend.At] = [.. route.Backends, .. route.Local];
        foreach (var port in model.HostPorts.Where(p => p.Protocol == Udp))
            targets._endpoints.TryAdd(port.Node, [port.Pod]);
        return targets;
    }

    /// <summary>Those of the flows that go where they would not go if they began now.</summary>
    /// <param name="flows">All there are.</param>
    /// <param name="before">What was so before, for addresses that nobody has any longer; null where that is not known.</param>
    public IEnumerable<UdpFlow> Stale(IEnumerable<UdpFlow> flows, UdpTargets? before) => flows.Where(flow =>
        _endpoints.TryGetValue(flow.Asked, out var endpoints) ? !endpoints.Contains(flow.Answers)
        : before?._endpoints.ContainsKey(flow.Asked) == true && flow.Answers != flow.Asked);

    /// <summary>Whether no flow can have become stale.</summary>
    public bool Equals(UdpTargets? other) => other is not null && _endpoints.Count == other._endpoints.Count
        && _endpoints.All(e => other._endpoints.TryGetValue(e.Key, out var endpoints) && endpoints.SetEquals(e.Value));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as UdpTargets);

    /// <inheritdoc/>
    public override int GetHashCode() => _endpoints.Count;
}
