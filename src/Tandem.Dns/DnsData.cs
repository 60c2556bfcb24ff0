using System.Net;

namespace Tandem.Dns;

/// <summary>The data of a record. Made once and written many times, so writing allocates nothing.</summary>
public abstract record DnsData
{
    private protected DnsData(DnsType type) => Type = type;

    /// <summary>The type of the record that carries it.</summary>
    public DnsType Type { get; }

    /// <summary>Appends the data without its length; false where it does not fit.</summary>
    internal abstract bool TryWrite(DnsWriter writer);

    /// <summary>An A or AAAA record's data, by the address's family.</summary>
    public static AddressData Of(IPAddress address) => new(address);
}

/// <summary>An address: A (RFC 1035 §3.4.1) or AAAA (RFC 3596).</summary>
public sealed record AddressData : DnsData
{
    private readonly byte[] _bytes;

    /// <summary>Takes an IPv4 or IPv6 address.</summary>
    public AddressData(IPAddress address)
        : base(address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? DnsType.A : DnsType.AAAA)
    {
        Address = address;
        _bytes = address.GetAddressBytes();
    }

    /// <summary>The address.</summary>
    public IPAddress Address { get; }

    /// <inheritdoc/>
    public bool Equals(AddressData? other) => other is not null && Address.Equals(other.Address);

    /// <inheritdoc/>
    public override int GetHashCode() => Address.GetHashCode();

    internal override bool TryWrite(DnsWriter writer) => writer.TryWriteBytes(_bytes);
}

/// <summary>A record that is a name: NS, CNAME or PTR.</summary>
public sealed record NameData : DnsData
{
    /// <summary>Takes the type and the name it points to.</summary>
    /// <exception cref="ArgumentException">The type's data is not one name.</exception>
    public NameData(DnsType type, DnsName target)
        : base(type is DnsType.NS or DnsType.CNAME or DnsType.PTR
            ? type
            : throw new ArgumentException($"{type} is not a record of one name.", nameof(type))) => Target = target;

    /// <summary>The name it points to.</summary>
    public DnsName Target { get; }

    internal override bool TryWrite(DnsWriter writer) => writer.TryWriteName(Target, compress: true);
}

/// <summary>A service's place, RFC 2782.</summary>
/// <param name="Priority">Lower is tried first.</param>
/// <param name="Weight">Share among equals.</param>
/// <param name="Port">The port.</param>
/// <param name="Target">The host; written uncompressed, as the RFC demands.</param>
public sealed record SrvData(ushort Priority, ushort Weight, ushort Port, DnsName Target) : DnsData(DnsType.SRV)
{
    internal override bool TryWrite(DnsWriter writer) =>
        writer.TryWriteUInt16(Priority) && writer.TryWriteUInt16(Weight) && writer.TryWriteUInt16(Port)
        && writer.TryWriteName(Target, compress: false);
}

/// <summary>The start of a zone, RFC 1035 §3.3.13; times in seconds.</summary>
/// <param name="Primary">The primary name server.</param>
/// <param name="Mailbox">Who answers for the zone, its first dot standing for an at sign.</param>
/// <param name="Serial">The zone's version.</param>
/// <param name="Refresh">How often a secondary asks.</param>
/// <param name="Retry">How soon a secondary asks again after a failure.</param>
/// <param name="Expire">When a secondary gives the zone up.</param>
/// <param name="Minimum">How long a negative answer may be kept, RFC 2308.</param>
public sealed record SoaData(
    DnsName Primary, DnsName Mailbox, uint Serial, uint Refresh, uint Retry, uint Expire, uint Minimum) : DnsData(DnsType.SOA)
{
    internal override bool TryWrite(DnsWriter writer) =>
        writer.TryWriteName(Primary, compress: true) && writer.TryWriteName(Mailbox, compress: true)
        && writer.TryWriteUInt32(Serial) && writer.TryWriteUInt32(Refresh) && writer.TryWriteUInt32(Retry)
        && writer.TryWriteUInt32(Expire) && writer.TryWriteUInt32(Minimum);
}

/// <summary>Strings, RFC 1035 §3.3.14.</summary>
public sealed record TxtData : DnsData
{
    /// <summary>Takes one or more strings of at most 255 bytes of UTF-8 each.</summary>
    /// <exception cref="ArgumentException">No string, or one that is too long.</exception>
    public TxtData(params IReadOnlyList<string> strings)
        : base(DnsType.TXT)
    {
        if (strings.Count == 0 || strings.Any(s => System.Text.Encoding.UTF8.GetByteCount(s) > 255))
            throw new ArgumentException("A TXT record needs at least one string, of at most 255 bytes each.", nameof(strings));
        Strings = strings;
    }

    /// <summary>The strings in order.</summary>
    public IReadOnlyList<string> Strings { get; }

    /// <inheritdoc/>
    public bool Equals(TxtData? other) => other is not null && Strings.SequenceEqual(other.Strings);

    /// <inheritdoc/>
    public override int GetHashCode() => Strings[0].GetHashCode(StringComparison.Ordinal);

    internal override bool TryWrite(DnsWriter writer)
    {
        Span<byte> bytes = stackalloc byte[256];
        foreach (var text in Strings)
        {
            var length = System.Text.Encoding.UTF8.GetBytes(text, bytes[1..]);
            bytes[0] = (byte)length;
            if (!writer.TryWriteBytes(bytes[..(length + 1)]))
                return false;
        }

        return true;
    }
}

/// <summary>Data of a type this library does not look into, RFC 3597.</summary>
public sealed record RawData : DnsData
{
    /// <summary>Takes the type and its bytes.</summary>
    public RawData(DnsType type, ReadOnlyMemory<byte> bytes)
        : base(type) => Bytes = bytes;

    /// <summary>The bytes as they came.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <inheritdoc/>
    public bool Equals(RawData? other) => other is not null && Type == other.Type && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Type, Bytes.Length);

    internal override bool TryWrite(DnsWriter writer) => writer.TryWriteBytes(Bytes.Span);
}
