using System.Buffers.Binary;

namespace Tandem.Dns;

/// <summary>
/// A query: its header, its one question and its EDNS(0) options (RFC 6891). It shares the buffer it was read from and is
/// valid until the answer has been sent.
/// </summary>
public readonly struct DnsQuery
{
    /// <summary>The largest UDP answer a client gets that does not speak EDNS, in bytes (RFC 1035 §4.2.1).</summary>
    public const int PlainUdpSize = 512;

    /// <summary>The largest UDP answer at all, in bytes: fits an IPv6 minimum MTU, so is never fragmented (RFC 9715).</summary>
    public const int MaxUdpSize = 1232;

    /// <summary>The code of the EDNS option with a cookie.</summary>
    internal const ushort CookieOption = 10;

    /// <summary>The whole message as it came, for a handler that forwards it.</summary>
    public ReadOnlyMemory<byte> Message { get; private init; }

    /// <summary>The client's number for this query.</summary>
    public ushort Id { get; private init; }

    /// <summary>The name asked for, in the case in which it was asked.</summary>
    public DnsName Name { get; private init; }

    /// <summary>The type asked for.</summary>
    public DnsType Type { get; private init; }

    /// <summary>The class asked for; 1 is the Internet.</summary>
    public ushort Class { get; private init; }

    /// <summary>Whether the client wants the server to ask others.</summary>
    public bool RecursionDesired => (Flags & DnsHeader.RecursionDesired) != 0;

    /// <summary>Whether the query has an OPT record.</summary>
    public bool HasEdns { get; private init; }

    /// <summary>Whether the client wants DNSSEC records (the DO bit, RFC 3225).</summary>
    public bool DnssecOk { get; private init; }

    /// <summary>The client's cookie, 8 bytes or, with a server's, 16 to 40 (RFC 7873 §4); empty without one.</summary>
    public ReadOnlyMemory<byte> Cookie { get; private init; }

    /// <summary>The largest answer over UDP in bytes, 512 to 1232.</summary>
    public int UdpSize { get; private init; }

    internal ushort Flags { get; private init; }

    /// <summary>The question's name, type and class in wire form; empty where the question could not be read.</summary>
    internal ReadOnlyMemory<byte> Question { get; private init; }

    /// <summary>Reads a query.</summary>
    /// <param name="message">What came from the network; any bytes at all.</param>
    /// <param name="query">The query; of one that is to be answered with an error, as much as could be read.</param>
    /// <returns>Whether it can be answered; the reason where not.</returns>
    public static DnsQueryStatus Parse(ReadOnlyMemory<byte> message, out DnsQuery query)
    {
        query = default;
        var span = message.Span;
        if (span.Length < DnsHeader.Size)
            return DnsQueryStatus.Dropped;
        var flags = BinaryPrimitives.ReadUInt16BigEndian(span[2..]);
        if ((flags & DnsHeader.Response) != 0)
            return DnsQueryStatus.Dropped;

        var head = new DnsQuery
        {
            Message = message,
            Id = BinaryPrimitives.ReadUInt16BigEndian(span),
            Flags = flags,
            UdpSize = PlainUdpSize,
        };
        query = head;
        if ((flags & DnsHeader.OpcodeMask) != 0)
            return DnsQueryStatus.NotImp;

        var reader = new DnsReader(span) { Position = DnsHeader.Size };
        if (BinaryPrimitives.ReadUInt16BigEndian(span[4..]) != 1)
            return DnsQueryStatus.FormErr;
        if (!reader.TrySkipName(out var compressed) || compressed)
            return DnsQueryStatus.Dropped;
        var nameEnd = reader.Position;
        if (!reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var dnsClass))
            return DnsQueryStatus.Dropped;
        query = head = head with
        {
            Name = new DnsName(message[DnsHeader.Size..nameEnd]),
            Type = (DnsType)type,
            Class = dnsClass,
            Question = message[DnsHeader.Size..reader.Position],
        };

        var records = BinaryPrimitives.ReadUInt16BigEndian(span[6..]) + BinaryPrimitives.ReadUInt16BigEndian(span[8..]);
        var additional = BinaryPrimitives.ReadUInt16BigEndian(span[10..]);
        return ReadRecords(ref reader, records, additional, ref query);
    }

    /// <summary>Reads a query that can be answered.</summary>
    /// <returns>False for anything else.</returns>
    public static bool TryParse(ReadOnlyMemory<byte> message, out DnsQuery query) =>
        Parse(message, out query) == DnsQueryStatus.Ok;

    private static DnsQueryStatus ReadRecords(ref DnsReader reader, int others, int additional, ref DnsQuery query)
    {
        byte version = 0;
        for (var i = 0; i < others + additional; i++)
        {
            var start = reader.Position;
            if (!reader.TrySkipName(out _) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out var size)
                || !reader.TryReadUInt32(out var extended) || !reader.TryReadUInt16(out var length)
                || !reader.TryReadBytes(length, out var data))
                return DnsQueryStatus.FormErr;
            if (type != (ushort)DnsType.OPT)
                continue;

            // Exactly one OPT, with the root as its name, in the additional section (RFC 6891 §6.1.1).
            if (i < others || query.HasEdns || query.Message.Span[start] != 0
                || !TryReadOptions(data, query.Message[(reader.Position - length)..], out var cookie))
                return DnsQueryStatus.FormErr;
            version = (byte)(extended >> 16);
            query = query with
            {
                HasEdns = true,
                DnssecOk = (extended & 0x8000) != 0,
                Cookie = cookie,
                UdpSize = Math.Clamp((int)size, PlainUdpSize, MaxUdpSize),
            };
        }

        if (!reader.AtEnd)
            return DnsQueryStatus.FormErr;
        return version == 0 ? DnsQueryStatus.Ok : DnsQueryStatus.BadVers;
    }

    /// <summary>Reads the options of an OPT record; those that are unknown are passed over (RFC 6891 §6.1.2).</summary>
    private static bool TryReadOptions(ReadOnlySpan<byte> data, ReadOnlyMemory<byte> message, out ReadOnlyMemory<byte> cookie)
    {
        cookie = default;
        var reader = new DnsReader(data);
        while (!reader.AtEnd)
        {
            if (!reader.TryReadUInt16(out var code) || !reader.TryReadUInt16(out var length) || !reader.TryReadBytes(length, out _))
                return false;
            if (code != CookieOption || !cookie.IsEmpty)
                continue;

            // RFC 7873 §5.2.2: another length is a malformed query. Of several cookies the first counts.
            if (length is not (8 or (>= 16 and <= 40)))
                return false;
            cookie = message.Slice(reader.Position - length, length);
        }

        return true;
    }
}
