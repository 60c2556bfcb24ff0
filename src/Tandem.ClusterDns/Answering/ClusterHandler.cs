using System.Net;
using Tandem.ClusterDns.Forwarding;
using Tandem.ClusterDns.Records;
using Tandem.Dns;

namespace Tandem.ClusterDns.Answering;

/// <summary>
/// Answers for the zones of the cluster with authority, and asks the upstream servers for everything else. Until the cluster's
/// objects are known, its names are answered with SERVFAIL: NXDOMAIN would be believed, and kept.
/// </summary>
internal sealed class ClusterHandler : IDnsHandler
{
    /// <summary>Seconds; the longest that a client may believe what is no longer so.</summary>
    public const uint Ttl = 5;

    private readonly Forwarder _forwarder;
    private readonly DnsName _domain;
    private readonly DnsName _pods;
    private readonly IReadOnlyList<(DnsName Name, SoaData Soa)> _zones;
    private ZoneTable? _table;

    public ClusterHandler(ClusterDnsOptions options, Forwarder forwarder)
    {
        _forwarder = forwarder;
        _domain = DnsName.Parse(options.ClusterDomain);
        _pods = DnsName.Parse($"pod.{options.ClusterDomain}");
        ReverseZones = [.. options.Ranges.Select(ReverseNames.Zone)];
        var primary = DnsName.Parse($"ns.dns.{options.ClusterDomain}");
        var mailbox = DnsName.Parse($"hostmaster.{options.ClusterDomain}");
        _zones = [.. ReverseZones.Prepend(_domain).Select(z => (z, new SoaData(primary, mailbox, 1, 7200, 1800, 86400, Ttl)))];
    }

    public IReadOnlyList<DnsName> ReverseZones { get; }

    /// <summary>Replaces all of the cluster's names at once.</summary>
    public void Publish(ZoneTable table) => Volatile.Write(ref _table, table);

    public ValueTask AnswerAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        foreach (var (zone, soa) in _zones)
        {
            if (query.Name.IsWithin(zone))
                return AnswerZoneAsync(zone, soa, query, response, cancellationToken);
        }

        return ForwardAsync(query, response, cancellationToken);
    }

    private ValueTask AnswerZoneAsync(DnsName zone, SoaData soa, DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        response.RecursionAvailable = true;
        if (Volatile.Read(ref _table) is not { } table)
        {
            response.Rcode = DnsRcode.ServFail;
            return ValueTask.CompletedTask;
        }

        response.Authoritative = true;
        var records = table.Find(query.Name) ?? PodRecords(query.Name);
        if (records is null)
            Deny(DnsRcode.NxDomain);
        else if (query.Name == zone && query.Type is DnsType.SOA or DnsType.ANY)
            response.Add(DnsSection.Answer, query.Name, Ttl, soa);
        else if (records is [NameData { Type: DnsType.CNAME } alias] && query.Type != DnsType.CNAME)
            return FollowAsync(table, alias, query, response, cancellationToken);
        else if (!AddAnswers(table, query.Name, query.Type, records, response))
            Deny(DnsRcode.NoError);
        return ValueTask.CompletedTask;

        void Deny(DnsRcode rcode)
        {
            response.Rcode = rcode;
            response.Add(DnsSection.Authority, zone, Ttl, soa);
        }
    }

    // Whether there were any. They begin at a random one, since many clients only ever take the first.
    private static bool AddAnswers(ZoneTable table, DnsName name, DnsType type, IReadOnlyList<DnsData> records, DnsResponse response)
    {
        var first = records.Count > 1 ? Random.Shared.Next(records.Count) : 0;
        var any = false;
        for (var i = 0; i < records.Count; i++)
        {
            var data = records[(first + i) % records.Count];
            if (data.Type != type && type != DnsType.ANY)
                continue;
            any = true;
            if (!response.Add(DnsSection.Answer, name, Ttl, data))
                return true;
        }

        if (type == DnsType.SRV)
        {
            foreach (var target in records.OfType<SrvData>().Select(s => s.Target).Distinct())
                foreach (var address in table.Find(target)?.Where(d => d.Type == DnsType.A) ?? [])
                    response.Add(DnsSection.Additional, target, Ttl, address);
        }

        return any;
    }

    // ExternalName: stub resolvers do not follow aliases, so their target's records come along.
    private async ValueTask FollowAsync(
        ZoneTable table, NameData alias, DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        response.Add(DnsSection.Answer, query.Name, Ttl, alias);
        if (!query.RecursionDesired)
            return;
        if (alias.Target.IsWithin(_domain))
        {
            AddAnswers(table, alias.Target, query.Type, table.Find(alias.Target) ?? PodRecords(alias.Target) ?? [], response);
            return;
        }

        var answer = await _forwarder.ResolveAsync(alias.Target, query.Type, query.HasEdns, query.DnssecOk, cancellationToken);
        if (answer is null || !DnsMessage.TryParse(answer, out var message) || message.Rcode is not (DnsRcode.NoError or DnsRcode.NxDomain))
        {
            response.Fail(DnsRcode.ServFail);
            return;
        }

        response.Rcode = message.Rcode;
        foreach (var record in message.Records.Where(r => r.Section == DnsSection.Answer))
            response.Add(DnsSection.Answer, record.Name, Math.Min(record.Ttl, Ttl), record.Data);
    }

    private async ValueTask ForwardAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        if (await _forwarder.ResolveAsync(query.Name, query.Type, query.HasEdns, query.DnssecOk, cancellationToken) is { } answer)
        {
            response.Relay(answer);
            return;
        }

        response.RecursionAvailable = true;
        response.Rcode = DnsRcode.ServFail;
    }

    /// <summary><c>10-244-0-5.namespace.pod.cluster.local</c>: the address is the name, whether or not there is such a pod.</summary>
    private IReadOnlyList<DnsData>? PodRecords(DnsName name)
    {
        if (!name.IsWithin(_pods))
            return null;
        var depth = name.LabelCount - _pods.LabelCount;
        if (depth < 2)
            return [];
        if (depth > 2)
            return null;
        var label = System.Text.Encoding.ASCII.GetString(name.Wire.Slice(1, name.Wire[0]));
        return label.Count(c => c == '-') == 3 && IPAddress.TryParse(label.Replace('-', '.'), out var address) ? [DnsData.Of(address)] : null;
    }
}
