using System.ComponentModel;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Tandem.Dns.Server;

/// <summary>
/// Datagrams that one system call received, and the answers that another sends. Under load a call carries many, which is
/// what makes the difference: a call costs more than an answer. Used by one thread.
/// </summary>
internal sealed unsafe class UdpBatch : IDisposable
{
    /// <summary>Datagrams a call; bench/dns shows no gain from more.</summary>
    public const int Size = 64;

    private readonly UdpSlot[] _slots = [.. Enumerable.Range(0, Size).Select(_ => new UdpSlot())];
    private readonly NativeMethods.MultiMessage* _received = Messages();
    private readonly NativeMethods.MultiMessage* _sent = Messages();
    private int _queued;

    public UdpBatch()
    {
        for (var i = 0; i < Size; i++)
            Attach(i);
    }

    public UdpSlot this[int index] => _slots[index];

    /// <summary>Waits for a datagram and takes what else has come.</summary>
    /// <returns>How many; 0 where none came within the socket's receive timeout.</returns>
    /// <exception cref="Win32Exception">The socket is broken or closed.</exception>
    public int Receive(SafeSocketHandle socket)
    {
        _queued = 0;
        var count = NativeMethods.Receive(socket, _received, Size, NativeMethods.WaitForOne, 0);
        if (count < 0)
            return Marshal.GetLastPInvokeError() is NativeMethods.TryAgain or NativeMethods.Interrupted ? 0 : throw new Win32Exception();
        for (var i = 0; i < count; i++)
        {
            _slots[i].SenderLength = (int)_received[i].Header.NameLength;
            _received[i].Header.NameLength = UdpSlot.SenderSize;
        }

        return count;
    }

    /// <summary>The datagram in a slot.</summary>
    public ReadOnlyMemory<byte> Message(int index) => _slots[index].Buffer.AsMemory(0, (int)_received[index].Length);

    /// <summary>Puts another slot in the place of one that is still needed.</summary>
    public void Replace(int index, UdpSlot slot)
    {
        _slots[index] = slot;
        Attach(index);
    }

    /// <summary>Completes a slot's answer, to be sent with the next <see cref="Flush"/>.</summary>
    public void Queue(int index)
    {
        var slot = _slots[index];
        var message = &_sent[_queued++].Header;
        message->Name = slot.SenderStart;
        message->NameLength = (uint)slot.SenderLength;
        message->Parts->Base = slot.AnswerStart;
        message->Parts->Length = (nuint)slot.Complete();
    }

    /// <summary>Sends what is queued. An answer that cannot be sent (a sender's address may be forged) holds up no other.</summary>
    public void Flush(SafeSocketHandle socket, Action<Exception> onError)
    {
        for (var done = 0; done < _queued;)
        {
            var sent = NativeMethods.Send(socket, _sent + done, (uint)(_queued - done), 0);
            if (sent < 0 && Marshal.GetLastPInvokeError() == NativeMethods.Interrupted)
                continue;
            if (sent < 0)
                onError(new Win32Exception());
            done += Math.Max(sent, 1);
        }

        _queued = 0;
    }

    public void Dispose()
    {
        Free(_received);
        Free(_sent);
    }

    private void Attach(int index)
    {
        var message = &_received[index].Header;
        message->Name = _slots[index].SenderStart;
        message->NameLength = UdpSlot.SenderSize;
        message->Parts->Base = _slots[index].BufferStart;
        message->Parts->Length = UdpSlot.BufferSize;
    }

    private static NativeMethods.MultiMessage* Messages()
    {
        var messages = (NativeMethods.MultiMessage*)NativeMemory.AllocZeroed(Size, (nuint)sizeof(NativeMethods.MultiMessage));
        var parts = (NativeMethods.Part*)NativeMemory.AllocZeroed(Size, (nuint)sizeof(NativeMethods.Part));
        for (var i = 0; i < Size; i++)
        {
            messages[i].Header.Parts = parts + i;
            messages[i].Header.PartCount = 1;
        }

        return messages;
    }

    private static void Free(NativeMethods.MultiMessage* messages)
    {
        NativeMemory.Free(messages->Header.Parts);
        NativeMemory.Free(messages);
    }
}
