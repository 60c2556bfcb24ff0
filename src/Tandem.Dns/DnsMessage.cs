using System.Buffers.Binary;
using System.Net;

namespace Tandem.Dns;

/// <summary>A whole message as read, for clients and tests; servers read a <see cref="DnsQuery"/>, which allocates nothing.</summary>
public sealed class DnsMessage
{
    private DnsMessage(ushort id, ushort flags, DnsName name, DnsType type, IReadOnlyList<DnsRecord> records, int extendedRcode)
    {
        (Id, Name, Type, Records) = (id, name, type, records);
        IsResponse = (flags & DnsHeader.Response) != 0;
        IsAuthoritative = (flags & DnsHeader.Authoritative) != 0;
        IsTruncated = (flags & DnsHeader.Truncated) != 0;
        Rcode = (DnsRcode)(extendedRcode << 4 | flags & DnsHeader.RcodeMask);
    }

    /// <summary>The number that ties a response to its query.</summary>
    public ushort Id { get; }

    /// <summary>Whether it is a response (QR).</summary>
    public bool IsResponse { get; }

    /// <summary>Whether an authority answered (AA).</summary>
    public bool IsAuthoritative { get; }

    /// <summary>Whether it was cut and should be asked for over TCP (TC).</summary>
    public bool IsTruncated { get; }

    /// <summary>The result, with the upper bits from EDNS where there are any.</summary>
    public DnsRcode Rcode { get; }

    /// <summary>The name of the question.</summary>
    public DnsName Name { get; }

    /// <summary>The type of the question.</summary>
    public DnsType Type { get; }

    /// <summary>All records of all sections in order, without OPT.</summary>
    public IReadOnlyList<DnsRecord> Records { get; }

    /// <summary>Reads a message with at most one question.</summary>
    /// <returns>False where it is malformed anywhere; never throws.</returns>
    public static bool TryParse(ReadOnlySpan<byte> bytes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out DnsMessage? message)
    {
        message = null;
        if (bytes.Length < DnsHeader.Size)
            return false;
        var questions = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
        var reader = new DnsReader(bytes) { Position = DnsHeader.Size };
        DnsName name = default;
        ushort type = 0;
        if (questions > 1 || questions == 1
            && !(reader.TryReadName(out name) && reader.TryReadUInt16(out type) && reader.TryReadUInt16(out _)))
            return false;

        var records = new List<DnsRecord>();
        var extended = 0;
        for (var section = DnsSection.Answer; section <= DnsSection.Additional; section++)
        {
            for (var i = BinaryPrimitives.ReadUInt16BigEndian(bytes[(6 + 2 * (int)section)..]); i > 0; i--)
            {
                if (!TryReadRecord(bytes, ref reader, section, records, ref extended))
                    return false;
            }
        }

        if (!reader.AtEnd)
            return false;
        message = new DnsMessage(
            BinaryPrimitives.ReadUInt16BigEndian(bytes), BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]), name, (DnsType)type, records, extended);
        return true;
    }

    private static bool TryReadRecord(
        ReadOnlySpan<byte> bytes, ref DnsReader reader, DnsSection section, List<DnsRecord> records, ref int extended)
    {
        if (!reader.TryReadName(out var name) || !reader.TryReadUInt16(out var type) || !reader.TryReadUInt16(out _)
            || !reader.TryReadUInt32(out var ttl) || !reader.TryReadUInt16(out var length))
            return false;
        var start = reader.Position;
        if (!reader.TryReadBytes(length, out var raw))
            return false;
        if (type == (ushort)DnsType.OPT)
        {
            extended = (int)(ttl >> 24);
            return true;
        }

        // Up to the end of the data, since names in it may point back into the whole message.
        var data = new DnsReader(bytes[..(start + length)]) { Position = start };
        if (ReadData((DnsType)type, ref data, raw) is not { } value || !data.AtEnd)
            return false;
        records.Add(new DnsRecord(section, name, ttl > int.MaxValue ? 0 : ttl, value));
        return true;
    }

    private static DnsData? ReadData(DnsType type, ref DnsReader reader, ReadOnlySpan<byte> raw)
    {
        switch (type)
        {
            case DnsType.A or DnsType.AAAA:
                reader.Position += raw.Length;
                return raw.Length == (type == DnsType.A ? 4 : 16) ? new AddressData(new IPAddress(raw)) : null;
            case DnsType.NS or DnsType.CNAME or DnsType.PTR:
                return reader.TryReadName(out var target) ? new NameData(type, target) : null;
            case DnsType.SRV:
                return reader.TryReadUInt16(out var priority) && reader.TryReadUInt16(out var weight)
                    && reader.TryReadUInt16(out var port) && reader.TryReadName(out var host)
                    ? new SrvData(priority, weight, port, host)
                    : null;
            case DnsType.SOA:
                return reader.TryReadName(out var primary) && reader.TryReadName(out var mailbox)
                    && reader.TryReadUInt32(out var serial) && reader.TryReadUInt32(out var refresh)
                    && reader.TryReadUInt32(out var retry) && reader.TryReadUInt32(out var expire)
                    && reader.TryReadUInt32(out var minimum)
                    ? new SoaData(primary, mailbox, serial, refresh, retry, expire, minimum)
                    : null;
            case DnsType.TXT:
                return ReadText(ref reader);
            default:
                reader.Position += raw.Length;
                return new RawData(type, raw.ToArray());
        }
    }

    private static TxtData? ReadText(ref DnsReader reader)
    {
        var strings = new List<string>();
        while (!reader.AtEnd)
        {
            if (!reader.TryReadBytes(1, out var length) || !reader.TryReadBytes(length[0], out var text))
                return null;
            // Bytes that are not UTF-8 would grow past 255 when replaced one by one; ASCII puts one "?" for each.
            strings.Add(System.Text.Unicode.Utf8.IsValid(text)
                ? System.Text.Encoding.UTF8.GetString(text)
                : System.Text.Encoding.ASCII.GetString(text));
        }

        return strings.Count == 0 ? null : new TxtData(strings);
    }
}
