using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Tandem.Kubernetes.Network;

/// <summary>
/// Addresses and ranges as they stand in objects that anybody may write: only what parses gets into a rule, and as the number it
/// is, never as the text it was.
/// </summary>
internal static class Ipv4
{
    /// <summary>Null for what is no IPv4 address in dotted form.</summary>
    public static IPAddress? Parse(string? text) =>
        text is not null && text.Count(c => c == '.') == 3 && IPAddress.TryParse(text, out var address) && address.AddressFamily == AddressFamily.InterNetwork
            ? address
            : null;

    /// <summary>An IPv4 range in CIDR notation, host bits cleared; null for anything else, also for IPv6.</summary>
    public static IPNetwork? ParseNetwork(string? text)
    {
        var parts = text?.Split('/') ?? [];
        if (parts.Length != 2 || Parse(parts[0]) is not { } address || !int.TryParse(parts[1], out var bits) || bits is < 0 or > 32)
            return null;
        var mask = bits == 0 ? 0u : uint.MaxValue << (32 - bits);
        Span<byte> masked = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(masked, Number(address) & mask);
        return new IPNetwork(new IPAddress(masked), bits);
    }

    /// <summary>For numerical order.</summary>
    public static uint Number(IPAddress address) => BinaryPrimitives.ReadUInt32BigEndian(address.GetAddressBytes());
}
