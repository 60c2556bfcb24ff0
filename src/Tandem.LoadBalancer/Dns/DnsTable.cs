using System.Collections.Frozen;
using System.Net;
using System.Net.Sockets;
using Tandem.Dns;

namespace Tandem.LoadBalancer.Dns;

/// <summary>What is answered for one name.</summary>
/// <param name="V4">Its A records.</param>
/// <param name="V6">Its AAAA records.</param>
/// <param name="Other">Its other records.</param>
/// <param name="Ttl">How long they may be kept, in seconds.</param>
/// <param name="Settling">Whether the first round of checks is still under way: the answer has to wait for the next table.</param>
internal sealed record DnsNode(AddressData[] V4, AddressData[] V6, DnsData[] Other, uint Ttl, bool Settling)
{
    public static DnsNode Empty { get; } = new([], [], [], 0, false);

    public static DnsNode Of(IReadOnlyList<IPAddress> addresses, int ttl, bool settling) => new(
        [.. addresses.Where(a => a.AddressFamily == AddressFamily.InterNetwork).Select(DnsData.Of)],
        [.. addresses.Where(a => a.AddressFamily == AddressFamily.InterNetworkV6).Select(DnsData.Of)],
        [],
        (uint)ttl,
        settling);
}

/// <summary>The whole zone at one moment. Never changed: a new one takes its place, so that answering needs no lock.</summary>
internal sealed class DnsTable
{
    /// <summary>How long a negative answer may be kept, in seconds: short, since names come as soon as somebody adds them.</summary>
    public const uint NegativeTtl = 5;

    /// <summary>The TTL of the zone's own records, in seconds.</summary>
    public const uint ZoneTtl = 300;

    private readonly FrozenDictionary<DnsName, DnsNode> _nodes;
    private readonly TaskCompletionSource _replaced = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public DnsTable(DnsName zone, uint serial, IReadOnlyList<NameServer> servers, IEnumerable<KeyValuePair<DnsName, DnsNode>> names)
    {
        Zone = zone;
        // Every name server of the zone says the same of all of them.
        var byName = servers.ToLookup(server => DnsName.Parse($"{server.Label}.{zone}"), server => server.Address);
        var serverNames = byName.Select(server => server.Key).DefaultIfEmpty(DnsName.Parse($"ns.{zone}")).ToList();
        Soa = new SoaData(serverNames[0], DnsName.Parse($"hostmaster.{zone}"), serial, 3600, 600, 86400, NegativeTtl);
        var nodes = serverNames.ToDictionary(server => server, server => DnsNode.Of([.. byName[server]], (int)ZoneTtl, settling: false));
        foreach (var (name, node) in names)
            nodes[name] = node;
        nodes[zone] = (nodes.GetValueOrDefault(zone) ?? DnsNode.Empty) with { Other = [Soa, .. serverNames.Select(server => new NameData(DnsType.NS, server))] };
        foreach (var name in nodes.Keys.ToList())
        {
            // A name between a served one and the zone exists, without records (RFC 8020).
            for (var parent = name.Parent; parent.IsWithin(zone); parent = parent.Parent)
                nodes.TryAdd(parent, DnsNode.Empty);
        }

        _nodes = nodes.ToFrozenDictionary();
    }

    public DnsName Zone { get; }

    public SoaData Soa { get; }

    /// <summary>Completed when another table has taken this one's place.</summary>
    public Task Replaced => _replaced.Task;

    public void SetReplaced() => _replaced.TrySetResult();

    public DnsNode? Find(DnsName name) => _nodes.GetValueOrDefault(name);
}
