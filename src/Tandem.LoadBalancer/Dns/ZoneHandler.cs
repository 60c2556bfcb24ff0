using Tandem.Dns;

namespace Tandem.LoadBalancer.Dns;

/// <summary>Answers for the zone, and for nothing else.</summary>
internal sealed class ZoneHandler(DnsTable initial) : IDnsHandler
{
    private volatile DnsTable _table = initial;

    public DnsTable Table => _table;

    public void Replace(DnsTable table)
    {
        var old = _table;
        _table = table;
        old.SetReplaced();
    }

    public ValueTask AnswerAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        var table = _table;
        var node = table.Find(query.Name);
        if (node is { Settling: true })
            return AnswerSettledAsync(table, query, response, cancellationToken);
        Answer(table, node, query, response);
        return ValueTask.CompletedTask;
    }

    private async ValueTask AnswerSettledAsync(
        DnsTable table, DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        DnsNode? node;
        do
        {
            await table.Replaced.WaitAsync(cancellationToken);
            table = _table;
            node = table.Find(query.Name);
        }
        while (node is { Settling: true });
        Answer(table, node, query, response);
    }

    private static void Answer(DnsTable table, DnsNode? node, in DnsQuery query, DnsResponse response)
    {
        if (!query.Name.IsWithin(table.Zone))
        {
            response.Rcode = DnsRcode.Refused;
            return;
        }

        response.Authoritative = true;
        var found = false;
        if (node is not null)
        {
            found = Add(node.V4, DnsType.A, node.Ttl, query, response);
            found |= Add(node.V6, DnsType.AAAA, node.Ttl, query, response);
            found |= Add(node.Other, null, DnsTable.ZoneTtl, query, response);
        }

        if (found)
            return;

        // RFC 2308: the SOA tells how long a negative answer may be kept, and its own TTL is no longer than that.
        response.Rcode = node is null ? DnsRcode.NxDomain : DnsRcode.NoError;
        response.Add(DnsSection.Authority, table.Zone, DnsTable.NegativeTtl, table.Soa);
    }

    private static bool Add(DnsData[] records, DnsType? type, uint ttl, in DnsQuery query, DnsResponse response)
    {
        var found = false;
        foreach (var record in records)
        {
            if (query.Type != DnsType.ANY && query.Type != (type ?? record.Type))
                continue;
            response.Add(DnsSection.Answer, query.Name, ttl, record);
            found = true;
        }

        return found;
    }
}
