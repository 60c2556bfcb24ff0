using System.Text;
using ARSoft.Tools.Net.Dns;
using Tandem.Dns;

namespace Tandem.Fuzz.Dns;

/// <summary>ARSoft.Tools.Net: what an independent library makes of the same bytes.</summary>
internal static class Oracle
{
    /// <summary>What it reads.</summary>
    /// <exception cref="FindException">It finds the message malformed.</exception>
    public static ARSoft.Tools.Net.Dns.DnsMessage Read(byte[] bytes)
    {
        try
        {
            return ARSoft.Tools.Net.Dns.DnsMessage.Parse(bytes);
        }
        catch (Exception e)
        {
            throw new FindException($"the other library cannot read {Convert.ToHexString(bytes)}: {e.Message}");
        }
    }

    /// <summary>Compares what was accepted.</summary>
    public static void Check(byte[] bytes, in DnsQuery query)
    {
        // It looks into records and options that a query has no use for, and which we pass over: there it may find more.
        var records = bytes[7] + bytes[9] + bytes[11] + ((bytes[6] + bytes[8] + bytes[10]) << 8);
        if (records != (query.HasEdns ? 1 : 0) || HasOtherOptions(bytes, query))
            return;
        var read = Read(bytes);
        var question = read.Questions.Single();
        Same("id", read.TransactionID, query.Id);
        Same("type", (ushort)question.RecordType, (ushort)query.Type);
        Same("class", (ushort)question.RecordClass, query.Class);
        Same("RD", read.IsRecursionDesired, query.RecursionDesired);
        if (query.Name.Wire.IndexOfAnyExceptInRange((byte)0, (byte)127) < 0)
            Same("labels", string.Join('|', question.Name.Labels), string.Join('|', Labels(query.Name)));
        Same("EDNS", read.IsEDnsEnabled, query.HasEdns);
        if (!query.HasEdns)
            return;
        Same("size", Math.Clamp((int)read.EDnsOptions!.UdpPayloadSize, DnsQuery.PlainUdpSize, DnsQuery.MaxUdpSize), query.UdpSize);
        Same("DO", read.IsDnsSecOk, query.DnssecOk);
        var cookie = read.EDnsOptions.Options.OfType<CookieOption>().FirstOrDefault();
        Same("cookie", Convert.ToHexString([.. cookie?.ClientCookie ?? [], .. cookie?.ServerCookie ?? []]), Convert.ToHexString(query.Cookie.Span));
    }

    private static bool HasOtherOptions(byte[] bytes, in DnsQuery query)
    {
        // The root's byte, type, class, TTL and the length of the options.
        var at = 12 + query.Name.Wire.Length + 4 + 11;
        for (; query.HasEdns && at < bytes.Length; at += 4 + (bytes[at + 2] << 8 | bytes[at + 3]))
        {
            if ((bytes[at] << 8 | bytes[at + 1]) != 10)
                return true;
        }

        return false;
    }

    private static List<string> Labels(DnsName name)
    {
        var labels = new List<string>();
        for (var rest = name.Wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
            labels.Add(Encoding.ASCII.GetString(rest.Slice(1, rest[0])));
        return labels;
    }

    private static void Same<T>(string what, T theirs, T ours) =>
        FindException.Unless(EqualityComparer<T>.Default.Equals(theirs, ours), $"{what}: the other library reads {theirs}, we read {ours}");
}
