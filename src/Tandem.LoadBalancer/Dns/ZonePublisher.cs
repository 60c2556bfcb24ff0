using Tandem.Dns;
using Tandem.LoadBalancer.Steering;

namespace Tandem.LoadBalancer.Dns;

/// <summary>
/// Replaces the zone's table where an answer has changed, and only there: after most checks none has, and a table of many
/// names takes a while to make.
/// </summary>
internal sealed class ZonePublisher(LoadBalancerOptions options, ZoneHandler zone)
{
    private readonly DnsName _zone = DnsName.Parse(options.ZoneName);
    private IReadOnlyList<Published>? _last;

    /// <summary>What is said for one name; an answer that is not settled has to wait for the next table.</summary>
    internal readonly record struct Published(string Name, Answer Answer, bool Settled);

    /// <summary>Answers these names from now on.</summary>
    public void Publish(IReadOnlyList<Published> all)
    {
        if (_last is { } last && last.Count == all.Count && last.Zip(all).All(pair => Same(pair.First, pair.Second)))
            return;
        zone.Replace(new DnsTable(
            _zone,
            (uint)options.TimeProvider.GetUtcNow().ToUnixTimeSeconds(),
            options.NameServers.Count > 0 ? options.NameServers : [.. options.DnsEndPoints.Select(e => e.Address).Distinct().Select(a => new NameServer("ns", a))],
            all.Select(p => KeyValuePair.Create(DnsName.Parse(p.Name), DnsNode.Of(p.Answer.Addresses, p.Answer.Ttl, !p.Settled)))));
        _last = all;
    }

    private static bool Same(Published one, Published other) =>
        one.Settled == other.Settled && one.Answer.Ttl == other.Answer.Ttl
        && ReferenceEquals(one.Name, other.Name) && one.Answer.Addresses.SequenceEqual(other.Answer.Addresses);
}
