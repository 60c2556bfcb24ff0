using System.Buffers.Binary;

namespace Tandem.Kubernetes.Api.Streams.Spdy;

/// <summary>Builds the frames that a client of streams sends. Pure.</summary>
internal static class SpdyWriter
{
    /// <summary>Most bytes of data in one frame.</summary>
    public const int MaxData = 32 * 1024;

    /// <summary>Opens a stream.</summary>
    /// <param name="stream">Odd, and higher than any before.</param>
    /// <param name="headers">The compressed block; see <see cref="SpdyHeaderBlock"/>.</param>
    public static byte[] SynStream(uint stream, ReadOnlySpan<byte> headers)
    {
        // | stream 32 | associated stream 32 | priority 3, unused 5, slot 8 | headers |
        var frame = Frame(0x8003_0001, 0, 10 + headers.Length);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(SpdyFrame.HeaderLength), stream);
        headers.CopyTo(frame.AsSpan(SpdyFrame.HeaderLength + 10));
        return frame;
    }

    /// <summary>Sends data, at most <see cref="MaxData"/> bytes, and says whether it is the last.</summary>
    public static byte[] Data(uint stream, ReadOnlySpan<byte> data, bool fin = false)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(data.Length, MaxData);
        var frame = Frame(stream, fin ? (byte)1 : (byte)0, data.Length);
        data.CopyTo(frame.AsSpan(SpdyFrame.HeaderLength));
        return frame;
    }

    /// <summary>Answers a ping with its own number.</summary>
    public static byte[] Ping(ReadOnlySpan<byte> id)
    {
        var frame = Frame(0x8003_0006, 0, id.Length);
        id.CopyTo(frame.AsSpan(SpdyFrame.HeaderLength));
        return frame;
    }

    private static byte[] Frame(uint first, byte flags, int length)
    {
        var frame = new byte[SpdyFrame.HeaderLength + length];
        BinaryPrimitives.WriteUInt32BigEndian(frame, first);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), (uint)length);
        frame[4] = flags;
        return frame;
    }
}
