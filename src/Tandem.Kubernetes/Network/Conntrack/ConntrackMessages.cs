using System.Buffers.Binary;
using System.Net;
using System.Runtime.InteropServices;
using static Tandem.Kubernetes.Network.Conntrack.NetlinkAttributes;

namespace Tandem.Kubernetes.Network.Conntrack;

/// <summary>The messages of the kernel's connection tracking that are needed here: linux/netfilter/nfnetlink_conntrack.h.</summary>
internal static class ConntrackMessages
{
    /// <summary>nlmsghdr and nfgenmsg.</summary>
    private const int Head = 16 + 4;

    private const int Get = (1 << 8) | 1; // NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET
    private const int Delete = (1 << 8) | 2; // IPCTNL_MSG_CT_DELETE
    private const ushort Request = 1;
    private const ushort Acknowledge = 4;
    private const ushort Dump = 0x300;
    private const byte Inet = 2;
    private const byte Udp = 17;

    private const int Original = 1;
    private const int Reply = 2;
    private const int Zone = 18;
    private const int TupleIp = 1;
    private const int TupleProtocol = 2;
    private const int Source = 1;
    private const int Destination = 2;
    private const int ProtocolNumber = 1;
    private const int SourcePort = 2;
    private const int DestinationPort = 3;

    public static byte[] List(uint sequence) => Message(Get, Request | Dump, sequence, []);

    public static byte[] Remove(uint sequence, UdpFlow flow) => Message(Delete, Request | Acknowledge, sequence,
    [
        .. OfNested(
            Original,
            OfNested(TupleIp, Of(Source, flow.Client.Address.GetAddressBytes()), Of(Destination, flow.Asked.Address.GetAddressBytes())),
            OfNested(TupleProtocol, Of(ProtocolNumber, [Udp]), OfNumber(SourcePort, (ushort)flow.Client.Port), OfNumber(DestinationPort, (ushort)flow.Asked.Port))),
        .. flow.Zone == 0 ? [] : OfNumber(Zone, flow.Zone),
    ]);

    /// <summary>Null for what is no UDP.</summary>
    public static UdpFlow? Read(ReadOnlySpan<byte> message)
    {
        var attributes = message[Head..];
        var original = Find(attributes, Original);
        if (Find(Find(original, TupleProtocol), ProtocolNumber) is not [Udp])
            return null;
        var zone = Find(attributes, Zone);
        return new UdpFlow(
            End(original, Source, SourcePort),
            End(original, Destination, DestinationPort),
            End(Find(attributes, Reply), Source, SourcePort),
            zone.Length == 2 ? BinaryPrimitives.ReadUInt16BigEndian(zone) : (ushort)0);
    }

    private static IPEndPoint End(ReadOnlySpan<byte> tuple, int address, int port) => new(
        new IPAddress(Find(Find(tuple, TupleIp), address)), BinaryPrimitives.ReadUInt16BigEndian(Find(Find(tuple, TupleProtocol), port)));

    private static byte[] Message(int type, int flags, uint sequence, ReadOnlySpan<byte> attributes)
    {
        var message = new byte[Head + attributes.Length];
        MemoryMarshal.Write(message, message.Length);
        MemoryMarshal.Write(message.AsSpan(4), (ushort)type);
        MemoryMarshal.Write(message.AsSpan(6), (ushort)flags);
        MemoryMarshal.Write(message.AsSpan(8), sequence);
        message[16] = Inet;
        attributes.CopyTo(message.AsSpan(Head));
        return message;
    }
}
