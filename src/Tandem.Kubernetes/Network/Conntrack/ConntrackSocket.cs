using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>A netlink socket to the connection tracking of the network namespace in which it was made.</summary>
internal sealed class ConntrackSocket : IDisposable
{
    private const int Netlink = 16;
    private const int RawCloseOnExec = 3 | 0x80000;
    private const int Netfilter = 12;
    private const ushort Error = 2;
    private const ushort Done = 3;
    private const int NoSuchEntry = 2;
    private const int MessageHead = 16;

    private readonly int _socket;
    private uint _sequence;

    /// <exception cref="Win32Exception">The kernel has no connection tracking, or this process may not see it.</exception>
    public ConntrackSocket()
    {
        _socket = socket(Netlink, RawCloseOnExec, Netfilter);
        Check(_socket);
    }

    public void Dispose() => close(_socket);

    /// <exception cref="Win32Exception">The kernel refused.</exception>
    public IReadOnlyList<UdpFlow> List()
    {
        var flows = new List<UdpFlow>();
        Exchange(ConntrackMessages.List(++_sequence), message =>
        {
            if (ConntrackMessages.Read(message) is { } flow)
                flows.Add(flow);
        });
        return flows;
    }

    /// <summary>Forgets one; it may have ended already.</summary>
    /// <exception cref="Win32Exception">The kernel refused.</exception>
    public void Remove(UdpFlow flow) => Exchange(ConntrackMessages.Remove(++_sequence, flow), _ => { });

    // Up to the end of the dump, or the acknowledgement.
    private void Exchange(byte[] request, Action<ReadOnlySpan<byte>> each)
    {
        Check((int)send(_socket, request, request.Length, 0));
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var length = (int)recv(_socket, buffer, buffer.Length, 0);
            Check(length);
            for (var rest = buffer.AsSpan(0, length); rest.Length >= MessageHead;)
            {
                var size = MemoryMarshal.Read<int>(rest);
                var message = rest[..size];
                var type = MemoryMarshal.Read<ushort>(message[4..]);
                if (type == Done)
                    return;
                if (type == Error)
                {
                    var error = -MemoryMarshal.Read<int>(message[MessageHead..]);
                    if (error is not (0 or NoSuchEntry))
                        throw new Win32Exception(error);
                    return;
                }

                each(message);
                rest = rest[Math.Min(rest.Length, (size + 3) & ~3)..];
            }
        }
    }

    private static void Check(int result)
    {
        if (result < 0)
            throw new Win32Exception();
    }

    [DllImport("libc", SetLastError = true)]
    private static extern int socket(int domain, int type, int protocol);

    [DllImport("libc", SetLastError = true)]
    private static extern nint send(int socket, byte[] buffer, nint length, int flags);

    [DllImport("libc", SetLastError = true)]
    private static extern nint recv(int socket, [Out] byte[] buffer, nint length, int flags);

    [DllImport("libc")]
    private static extern int close(int file);
}
