using System.Buffers.Binary;
using System.Text;

namespace Tandem.Kubernetes.Api.Streams.Spdy;

/// <summary>
/// The headers of the streams that this side opens, in the one zlib stream that SPDY spreads over all of them. They are sent as
/// stored blocks (RFC 1951, 3.2.4): that is a valid compression, and needs neither a compressor nor the preset dictionary,
/// which is only named.
/// </summary>
internal sealed class SpdyHeaderBlock
{
    // CMF, FLG with FDICT, and the Adler-32 of the SPDY/3 dictionary (RFC 1950, 2.2).
    private static ReadOnlySpan<byte> ZlibHeader => [0x78, 0xBB, 0xE3, 0xC6, 0xA7, 0xC2];

    // An empty stored block: the peer's inflater hands out what it holds.
    private static ReadOnlySpan<byte> Flush => [0x00, 0x00, 0x00, 0xFF, 0xFF];

    private bool _begun;

    /// <summary>The next block: header names in lower case, all of it under 64 KiB.</summary>
    public byte[] Encode(params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var plain = new MemoryStream();
        WriteNumber(plain, headers.Count);
        foreach (var (name, value) in headers)
        {
            WriteText(plain, name);
            WriteText(plain, value);
        }

        using var block = new MemoryStream();
        if (!_begun)
            block.Write(ZlibHeader);
        _begun = true;
        // | not final, stored: 0 | length 16 | its complement 16 |, little-endian
        var length = checked((ushort)plain.Length);
        Span<byte> start = stackalloc byte[5];
        BinaryPrimitives.WriteUInt16LittleEndian(start[1..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(start[3..], (ushort)~length);
        block.Write(start);
        plain.WriteTo(block);
        block.Write(Flush);
        return block.ToArray();
    }

    private static void WriteText(MemoryStream to, string text)
    {
        var bytes = Encoding.ASCII.GetBytes(text);
        WriteNumber(to, bytes.Length);
        to.Write(bytes);
    }

    private static void WriteNumber(MemoryStream to, int number)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, number);
        to.Write(bytes);
    }
}
