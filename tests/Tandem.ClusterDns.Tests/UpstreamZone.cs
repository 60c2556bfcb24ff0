using System.Net;
using Tandem.Dns;

namespace Tandem.ClusterDns.Tests;

/// <summary>Names outside of the cluster.</summary>
public sealed class UpstreamZone : IDnsHandler
{
    private int _queries;

    public int Queries => Volatile.Read(ref _queries);

    public ValueTask AnswerAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _queries);
        response.RecursionAvailable = true;
        if (query.Name == DnsName.Parse("example.com") && query.Type == DnsType.A)
            response.Add(DnsSection.Answer, query.Name, 300, DnsData.Of(IPAddress.Parse("192.0.2.7")));
        else if (query.Name == DnsName.Parse("large.example.com"))
            for (var i = 0; i < 200; i++)
                response.Add(DnsSection.Answer, query.Name, 300, DnsData.Of(IPAddress.Parse($"192.0.2.{i}")));
        else
            response.Rcode = DnsRcode.NxDomain;
        return ValueTask.CompletedTask;
    }
}
