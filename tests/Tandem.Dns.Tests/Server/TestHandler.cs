using System.Net;

namespace Tandem.Dns.Tests.Server;

/// <summary>Answers by the first label of the name: one record of every type, many records, late, or an exception.</summary>
internal sealed class TestHandler : IDnsHandler
{
    public TaskCompletionSource Release { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public async ValueTask AnswerAsync(DnsQuery query, DnsResponse response, CancellationToken cancellationToken)
    {
        var label = System.Text.Encoding.ASCII.GetString(query.Name.Wire.Slice(1, query.Name.Wire[0]));
        response.Authoritative = true;
        switch (label.ToLowerInvariant())
        {
            case "throw":
                throw new InvalidOperationException("as told");
            case "late":
                await Release.Task.WaitAsync(cancellationToken);
                break;
            case "many":
                for (byte i = 0; i < 100; i++)
                    response.Add(DnsSection.Answer, query.Name, 30, DnsData.Of(new IPAddress([10, 0, 0, i])));
                return;
        }

        if (Data(query) is { } data)
            response.Add(DnsSection.Answer, query.Name, 30, data);
        else
            response.Rcode = DnsRcode.NxDomain;
    }

    private static DnsData? Data(DnsQuery query) => query.Type switch
    {
        DnsType.A => DnsData.Of(IPAddress.Parse("192.0.2.1")),
        DnsType.AAAA => DnsData.Of(IPAddress.Parse("2001:db8::1")),
        DnsType.NS or DnsType.CNAME or DnsType.PTR => new NameData(query.Type, DnsName.Parse("ns.example.com")),
        DnsType.SOA => new SoaData(DnsName.Parse("ns.example.com"), DnsName.Parse("admin.example.com"), 7, 1, 2, 3, 4),
        DnsType.SRV => new SrvData(1, 2, 443, DnsName.Parse("host.example.com")),
        DnsType.TXT => new TxtData("one", "two"),
        _ => null,
    };
}
