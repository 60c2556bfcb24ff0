using System.Buffers;
using System.Buffers.Binary;

namespace Tandem.Kubernetes.Api.Streams.Spdy;

/// <summary>The control frames of SPDY/3.1 that a client of streams sees; see
/// https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1/.</summary>
internal enum SpdyFrameType
{
    /// <summary>Not a control frame.</summary>
    Data = 0,
    SynStream = 1,
    SynReply = 2,
    RstStream = 3,
    Settings = 4,
    Ping = 6,
    GoAway = 7,
    Headers = 8,
    WindowUpdate = 9,
}

/// <summary>One frame. The payload is what follows the eight bytes
/// <c>|C| version 15 | type 16 |</c> or <c>|C| stream 31 |</c>, then <c>| flags 8 | length 24 |</c>.</summary>
/// <param name="Type">Its kind; a number that is not named is one to be passed over.</param>
/// <param name="Stream">The stream of a data frame, and of a control frame that begins with one; else 0.</param>
/// <param name="Fin">The sender sends no more on the stream.</param>
/// <param name="Payload">Valid until the reader goes on.</param>
internal readonly record struct SpdyFrame(SpdyFrameType Type, uint Stream, bool Fin, ReadOnlySequence<byte> Payload)
{
    public const int HeaderLength = 8;

    /// <summary>Bytes of payload that are taken; peers of this kind send at most 32 KiB of data in a frame.</summary>
    public const int MaxPayload = 1 << 20;

    private const uint Control = 0x8000_0000;
    private const int Version = 3;

    /// <summary>Takes a whole frame from the start of a buffer; false where it is not all there yet.</summary>
    /// <exception cref="InvalidDataException">The bytes are no SPDY/3.1, or the frame is too long.</exception>
    public static bool TryRead(ref ReadOnlySequence<byte> buffer, out SpdyFrame frame)
    {
        frame = default;
        if (buffer.Length < HeaderLength)
            return false;
        Span<byte> header = stackalloc byte[HeaderLength];
        buffer.Slice(0, HeaderLength).CopyTo(header);
        var first = BinaryPrimitives.ReadUInt32BigEndian(header);
        var length = BinaryPrimitives.ReadUInt32BigEndian(header[4..]) & 0xFF_FFFF;
        if (length > MaxPayload)
            throw new InvalidDataException($"a SPDY frame of {length} bytes is longer than {MaxPayload}");
        var control = (first & Control) != 0;
        if (control && (first >> 16 & 0x7FFF) != Version)
            throw new InvalidDataException($"SPDY version {first >> 16 & 0x7FFF} is not spoken here");
        if (buffer.Length < HeaderLength + length)
            return false;

        var payload = buffer.Slice(HeaderLength, length);
        buffer = buffer.Slice(payload.End);
        var type = control ? (SpdyFrameType)(first & 0xFFFF) : SpdyFrameType.Data;
        var fin = (header[4] & 1) != 0 && type is SpdyFrameType.Data or SpdyFrameType.SynStream or SpdyFrameType.SynReply or SpdyFrameType.Headers;
        frame = new SpdyFrame(type, control ? StreamOf(type, payload) : first, (header[4] & 1) != 0 && fin, payload);
        return true;
    }

    private static uint StreamOf(SpdyFrameType type, ReadOnlySequence<byte> payload)
    {
        if (type is not (SpdyFrameType.SynStream or SpdyFrameType.SynReply or SpdyFrameType.RstStream or SpdyFrameType.Headers or SpdyFrameType.WindowUpdate))
            return 0;
        if (payload.Length < 4)
            throw new InvalidDataException($"a SPDY frame of kind {type} is too short to name its stream");
        Span<byte> stream = stackalloc byte[4];
        payload.Slice(0, 4).CopyTo(stream);
        return BinaryPrimitives.ReadUInt32BigEndian(stream) & ~Control;
    }
}
