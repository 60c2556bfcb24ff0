using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tandem.Dns.Server;

/// <summary>Everything that one datagram and its answer need, made once. Its buffers stay where they are: the kernel writes to them.</summary>
internal sealed unsafe class UdpSlot
{
    /// <summary>A struct sockaddr_in6 in bytes, the larger of the two.</summary>
    public const int SenderSize = 28;

    /// <summary>Larger than any query we would answer; what is longer arrives cut and is malformed.</summary>
    public const int BufferSize = 4096;

    private readonly byte[] _sender = GC.AllocateArray<byte>(SenderSize, pinned: true);
    private readonly byte[] _answer = GC.AllocateUninitializedArray<byte>(DnsQuery.MaxUdpSize, pinned: true);

    /// <summary>The datagram.</summary>
    public byte[] Buffer { get; } = GC.AllocateUninitializedArray<byte>(BufferSize, pinned: true);

    public DnsResponse Response { get; } = new();

    public byte* BufferStart => Start(Buffer);

    public byte* SenderStart => Start(_sender);

    public byte* AnswerStart => Start(_answer);

    /// <summary>How much of the sender's address the kernel wrote, in bytes.</summary>
    public int SenderLength { get; set; }

    /// <summary>The sender's IP address: after family and port, for IPv6 also after the flow label.</summary>
    public ReadOnlySpan<byte> Client => SenderLength == SenderSize ? _sender.AsSpan(8, 16) : _sender.AsSpan(4, 4);

    /// <summary>Completes the answer.</summary>
    /// <returns>Its length in bytes; it starts at <see cref="AnswerStart"/>.</returns>
    public int Complete()
    {
        var answer = Response.Finish().Span;
        answer.CopyTo(_answer);
        return answer.Length;
    }

    /// <summary>The sender as the framework knows it.</summary>
    public SocketAddress Sender(AddressFamily family)
    {
        var address = new SocketAddress(family, SenderLength);
        _sender.AsSpan(0, SenderLength).CopyTo(address.Buffer.Span);
        return address;
    }

    private static byte* Start(byte[] pinned) => (byte*)Marshal.UnsafeAddrOfPinnedArrayElement(pinned, 0);
}
