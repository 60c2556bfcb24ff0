using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>
/// Attributes of netlink messages: a length and a type, both in the machine's order, then the value, padded to four bytes. See
/// https://docs.kernel.org/userspace-api/netlink/intro.html.
/// </summary>
internal static class NetlinkAttributes
{
    private const int Header = 4;
    private const ushort Nested = 0x8000;
    private const ushort TypeMask = 0x3fff;

    /// <summary>The value of the attribute of a type; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> attributes, int type)
    {
        while (attributes.Length >= Header)
        {
            var length = MemoryMarshal.Read<ushort>(attributes);
            if (length < Header || length > attributes.Length)
                return [];
            if ((MemoryMarshal.Read<ushort>(attributes[2..]) & TypeMask) == type)
                return attributes[Header..length];
            attributes = attributes[Math.Min(attributes.Length, (length + 3) & ~3)..];
        }

        return [];
    }

    public static byte[] Of(int type, ReadOnlySpan<byte> value)
    {
        var attribute = new byte[Header + ((value.Length + 3) & ~3)];
        BitConverter.TryWriteBytes(attribute, (ushort)(Header + value.Length));
        BitConverter.TryWriteBytes(attribute.AsSpan(2), (ushort)type);
        value.CopyTo(attribute.AsSpan(Header));
        return attribute;
    }

    public static byte[] OfNumber(int type, ushort value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, value);
        return Of(type, bytes);
    }

    public static byte[] OfNested(int type, params byte[][] attributes) => Of(type | Nested, attributes.SelectMany(a => a).ToArray());
}
