using System.Buffers.Binary;

namespace Tandem.Dns.Tests;

/// <summary>Queries as a client would send them, written byte by byte and not by the code under test.</summary>
internal static class Packets
{
    public static byte[] Query(
        string name, ushort type = 1, ushort? ednsSize = null, byte ednsVersion = 0, ushort flags = 0x0100, ushort dnsClass = 1)
    {
        var bytes = new List<byte> { 0x12, 0x34, (byte)(flags >> 8), (byte)flags, 0, 1, 0, 0, 0, 0, 0, (byte)(ednsSize is null ? 0 : 1) };
        foreach (var label in name.Split('.', StringSplitOptions.RemoveEmptyEntries))
        {
            bytes.Add((byte)label.Length);
            bytes.AddRange(System.Text.Encoding.ASCII.GetBytes(label));
        }

        bytes.AddRange([0, (byte)(type >> 8), (byte)type, (byte)(dnsClass >> 8), (byte)dnsClass]);
        if (ednsSize is { } size)
            bytes.AddRange([0, 0, 41, (byte)(size >> 8), (byte)size, 0, ednsVersion, 0x80, 0, 0, 0]);
        return [.. bytes];
    }

    /// <summary>A query with EDNS options, as they stand in an OPT record.</summary>
    public static byte[] WithOptions(string name, byte[] options) =>
        [.. Query(name, ednsSize: 1232)[..^2], (byte)(options.Length >> 8), (byte)options.Length, .. options];

    public static ushort Flags(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
}
