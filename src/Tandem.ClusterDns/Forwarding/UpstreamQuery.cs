using System.Buffers.Binary;
using Tandem.Dns;

namespace Tandem.ClusterDns.Forwarding;

/// <summary>
/// A query of our own for what a client asked: with our own number, and without the client's EDNS options, which are between it
/// and us. The answer can then be kept and given to others.
/// </summary>
internal static class UpstreamQuery
{
    private const int HeaderSize = 12;
    private const ushort RecursionDesired = 0x0100;
    private const ushort Internet = 1;

    public static byte[] Build(ushort id, DnsName name, DnsType type, bool edns, bool dnssecOk)
    {
        var wire = name.Wire;
        var query = new byte[HeaderSize + wire.Length + 4 + (edns ? 11 : 0)];
        BinaryPrimitives.WriteUInt16BigEndian(query, id);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(2), RecursionDesired);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(4), 1);
        wire.CopyTo(query.AsSpan(HeaderSize));
        var at = HeaderSize + wire.Length;
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at), (ushort)type);
        BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 2), Internet);
        if (edns)
        {
            // The root's name, OPT, the size we take, and the DO bit in what is a TTL elsewhere (RFC 6891 §6.1.3).
            query[11] = 1;
            BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 5), (ushort)DnsType.OPT);
            BinaryPrimitives.WriteUInt16BigEndian(query.AsSpan(at + 7), DnsQuery.MaxUdpSize);
            BinaryPrimitives.WriteUInt32BigEndian(query.AsSpan(at + 9), dnssecOk ? 0x8000u : 0);
        }

        return query;
    }

    /// <summary>Whether a message is the response to this query: number and question must be its own.</summary>
    public static bool IsAnsweredBy(ReadOnlySpan<byte> query, DnsName name, DnsType type, ReadOnlySpan<byte> message) =>
        message.Length >= HeaderSize && message[..2].SequenceEqual(query[..2])
        && DnsMessage.TryParse(message, out var parsed) && parsed.IsResponse && parsed.Name == name && parsed.Type == type;
}
