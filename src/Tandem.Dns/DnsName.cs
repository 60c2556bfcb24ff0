using System.Text;

namespace Tandem.Dns;

/// <summary>
/// A domain name in wire form: labels of 1 to 63 bytes, each after its length, ended by the empty root label; at most
/// 255 bytes in all (RFC 1035 §3.1). Compared without regard to ASCII case (RFC 4343), while the case it came in is
/// kept. The default value is the root.
/// </summary>
/// <remarks>A name out of a <see cref="DnsQuery"/> shares the query's buffer and lives as long as the query.</remarks>
public readonly struct DnsName : IEquatable<DnsName>
{
    /// <summary>The longest label in bytes.</summary>
    public const int MaxLabelLength = 63;

    /// <summary>The longest name in bytes, with lengths and the root label.</summary>
    public const int MaxLength = 255;

    private static readonly byte[] RootWire = [0];
    private readonly ReadOnlyMemory<byte> _wire;

    /// <summary>Takes bytes that are known to be one whole uncompressed name.</summary>
    internal DnsName(ReadOnlyMemory<byte> wire) => _wire = wire;

    /// <summary>The root of all names.</summary>
    public static DnsName Root => default;

    /// <summary>The uncompressed wire form with the root label.</summary>
    public ReadOnlySpan<byte> Wire => _wire.IsEmpty ? RootWire : _wire.Span;

    /// <summary>Whether this is the root.</summary>
    public bool IsRoot => Wire.Length == 1;

    /// <summary>How many labels there are before the root.</summary>
    public int LabelCount
    {
        get
        {
            var count = 0;
            for (var rest = Wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
                count++;
            return count;
        }
    }

    /// <summary>The name without its first label; the root's parent is the root.</summary>
    public DnsName Parent => IsRoot ? this : new DnsName(_wire[(Wire[0] + 1)..]);

    /// <summary>Reads a name as people write it, with or without the last dot; <c>\.</c> and <c>\DDD</c> as in RFC 1035 §5.1.</summary>
    /// <returns>False for an empty label, one over 63 bytes, a name over 255 bytes, or a bad escape.</returns>
    public static bool TryParse(string? text, out DnsName name) => DnsNameText.TryParse(text, out name);

    /// <inheritdoc cref="TryParse"/>
    /// <exception cref="FormatException">The text is not a domain name.</exception>
    public static DnsName Parse(string text) =>
        TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is not a domain name.");

    /// <summary>Whether this is <paramref name="zone"/> itself or a name below it.</summary>
    public bool IsWithin(DnsName zone)
    {
        var rest = Wire;
        while (rest.Length > zone.Wire.Length)
            rest = rest[(rest[0] + 1)..];
        return DnsBytes.EqualIgnoreCase(rest, zone.Wire);
    }

    /// <summary>A copy that owns its bytes, to be kept after the query it came in.</summary>
    public DnsName ToOwned() => new(Wire.ToArray());

    /// <inheritdoc/>
    public bool Equals(DnsName other) => DnsBytes.EqualIgnoreCase(Wire, other.Wire);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is DnsName other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => DnsBytes.HashIgnoreCase(Wire);

    /// <summary>As people write it, with the last dot and with escapes; lossless.</summary>
    public override string ToString() => DnsNameText.Format(Wire, new StringBuilder());

    /// <summary>Equality without regard to case.</summary>
    public static bool operator ==(DnsName left, DnsName right) => left.Equals(right);

    /// <summary>Inequality without regard to case.</summary>
    public static bool operator !=(DnsName left, DnsName right) => !left.Equals(right);
}
