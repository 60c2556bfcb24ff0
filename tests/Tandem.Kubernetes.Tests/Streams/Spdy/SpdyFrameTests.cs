using System.Buffers;
using FsCheck.Xunit;
using Tandem.Kubernetes.Api.Streams.Spdy;

namespace Tandem.Kubernetes.Tests.Streams.Spdy;

public sealed class SpdyFrameTests
{
    [Property]
    public bool TryRead_WhatWasWrittenInAnyPieces_IsTheSame((uint Stream, byte[] Data, bool Fin, bool Opens)[] frames, byte[] cuts)
    {
        var all = frames.SelectMany(f => f.Opens ? SpdyWriter.SynStream(Id(f.Stream), f.Data) : SpdyWriter.Data(Id(f.Stream), f.Data, f.Fin))
            .Concat(SpdyWriter.Ping([1, 2, 3, 4])).ToArray();
        var buffer = Cut(all, cuts);
        foreach (var (stream, data, fin, opens) in frames)
        {
            if (!SpdyFrame.TryRead(ref buffer, out var frame) || frame.Stream != Id(stream))
                return false;
            var (type, payload) = opens ? (SpdyFrameType.SynStream, frame.Payload.Slice(10)) : (SpdyFrameType.Data, frame.Payload);
            if (frame.Type != type || frame.Fin != (fin && !opens) || !payload.ToArray().SequenceEqual(data))
                return false;
        }

        return SpdyFrame.TryRead(ref buffer, out var ping) && ping.Type == SpdyFrameType.Ping
            && ping.Payload.ToArray().SequenceEqual(new byte[] { 1, 2, 3, 4 }) && buffer.IsEmpty;
    }

    [Property]
    public bool TryRead_FrameThatIsNotAllThere_WaitsAndTakesNothing(uint stream, byte[] data, byte missing)
    {
        var whole = SpdyWriter.Data(Id(stream), data);
        var buffer = new ReadOnlySequence<byte>(whole, 0, Math.Max(0, whole.Length - 1 - missing));
        var before = buffer.Length;
        return !SpdyFrame.TryRead(ref buffer, out _) && buffer.Length == before;
    }

    [Property(MaxTest = 2000)]
    public bool TryRead_HostileBytes_AreReadRefusedOrWaitedForWithinTheLimit(bool control, byte type, byte length, byte[] bytes, byte[] cuts)
    {
        // Half of them begin as a frame does, so that more than the first look at them is tried.
        byte[] start = control ? [0x80, 3, 0, (byte)(type % 12), type, 0, 0, (byte)(length % 12)] : [];
        var buffer = Cut([.. start, .. bytes], cuts);
        try
        {
            while (SpdyFrame.TryRead(ref buffer, out var frame))
                if (frame.Payload.Length > SpdyFrame.MaxPayload)
                    return false;
            return true;
        }
        catch (InvalidDataException)
        {
            return true;
        }
    }

    [Property]
    public bool TryRead_LengthBeyondTheLimit_IsRefusedBeforeItIsWaitedFor(uint first, byte flags, uint over)
    {
        var length = SpdyFrame.MaxPayload + 1 + over % (0xFF_FFFF - SpdyFrame.MaxPayload);
        var buffer = new ReadOnlySequence<byte>((byte[])
            [(byte)(first >> 24), (byte)(first >> 16), (byte)(first >> 8), (byte)first, flags, (byte)(length >> 16), (byte)(length >> 8), (byte)length]);
        return Assert.Throws<InvalidDataException>(() => SpdyFrame.TryRead(ref buffer, out _)) is not null;
    }

    private static uint Id(uint any) => any & 0x7FFF_FFFF;

    /// <summary>The bytes in segments whose lengths are the cuts, over and over.</summary>
    private static ReadOnlySequence<byte> Cut(byte[] bytes, byte[] cuts)
    {
        var first = new Segment(default, null);
        var last = first;
        for (int at = 0, i = 0; at < bytes.Length; i++)
        {
            var length = Math.Min(bytes.Length - at, cuts.Length == 0 ? bytes.Length : 1 + cuts[i % cuts.Length]);
            last = new Segment(bytes.AsMemory(at, length), last);
            at += length;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null)
                return;
            RunningIndex = before.RunningIndex + before.Memory.Length;
            before.Next = this;
        }
    }
}
