using System.Net;
using Tandem.Dns;

namespace Tandem.Fuzz.Dns;

/// <summary>
/// Any bytes as a DNS message: reading it never throws; what is accepted means the same to a library that somebody else
/// wrote; the answer keeps its bound and can be read by both.
/// </summary>
public static class QueryTarget
{
    private static readonly AddressData Address = DnsData.Of(IPAddress.Parse("192.0.2.1"));

    /// <summary>Checks one input.</summary>
    /// <exception cref="FindException">A check failed.</exception>
    public static void Run(byte[] bytes)
    {
        DnsMessage.TryParse(bytes, out _);
        var status = DnsQuery.Parse(bytes, out var query);
        if (status == DnsQueryStatus.Dropped)
            return;
        if (status == DnsQueryStatus.Ok)
            Oracle.Check(bytes, query);

        CheckAnswer(bytes, query, status);
    }

    private static void CheckAnswer(byte[] bytes, DnsQuery query, DnsQueryStatus status)
    {
        var response = new DnsResponse();
        response.Begin(query, query.UdpSize);
        response.Rcode = status == DnsQueryStatus.Ok ? DnsRcode.NoError : DnsRcode.FormErr;
        while (status == DnsQueryStatus.Ok && response.Add(DnsSection.Answer, query.Name, 30, Address))
        {
            // Until it is full.
        }

        var answer = response.Finish().ToArray();
        FindException.Unless(answer.Length <= (status == DnsQueryStatus.Ok ? query.UdpSize : bytes.Length), $"an answer of {answer.Length} bytes to a {status} of {bytes.Length}");
        FindException.Unless(DnsMessage.TryParse(answer, out var read), "the answer cannot be read");
        FindException.Unless(read!.IsResponse && read.Id == query.Id, "the answer is another query's");
        Oracle.Read(answer);
    }
}
