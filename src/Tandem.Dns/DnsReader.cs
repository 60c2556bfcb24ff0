using System.Buffers.Binary;

namespace Tandem.Dns;

/// <summary>Reads a message from the network: every step checks its bounds and says false rather than throws.</summary>
internal ref struct DnsReader(ReadOnlySpan<byte> message)
{
    private readonly ReadOnlySpan<byte> _message = message;

    public int Position { get; set; }

    public readonly bool AtEnd => Position == _message.Length;

    public bool TryReadUInt16(out ushort value)
    {
        var found = BinaryPrimitives.TryReadUInt16BigEndian(_message[Position..], out value);
        Position += found ? 2 : 0;
        return found;
    }

    public bool TryReadUInt32(out uint value)
    {
        var found = BinaryPrimitives.TryReadUInt32BigEndian(_message[Position..], out value);
        Position += found ? 4 : 0;
        return found;
    }

    public bool TryReadBytes(int count, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (count > _message.Length - Position)
            return false;
        bytes = _message.Slice(Position, count);
        Position += count;
        return true;
    }

    /// <summary>Passes over a name without following its pointer.</summary>
    /// <param name="compressed">Whether it ended in a pointer.</param>
    public bool TrySkipName(out bool compressed)
    {
        compressed = false;
        for (var start = Position; Position < _message.Length && Position - start < DnsName.MaxLength;)
        {
            var length = _message[Position++];
            if (length == 0)
                return true;
            if (length >= 0xC0)
            {
                compressed = true;
                return TryReadBytes(1, out _);
            }

            if (length > DnsName.MaxLabelLength || !TryReadBytes(length, out _))
                return false;
        }

        return false;
    }

    /// <summary>Reads a name and follows its pointers; each must lead before the place the last one led to, so none loops.</summary>
    public bool TryReadName(out DnsName name)
    {
        name = default;
        Span<byte> wire = stackalloc byte[DnsName.MaxLength];
        int written = 0, at = Position, floor = Position;
        var jumped = false;
        while (at < _message.Length)
        {
            var length = _message[at];
            if (length >= 0xC0)
            {
                if (at + 1 >= _message.Length)
                    return false;
                var target = BinaryPrimitives.ReadUInt16BigEndian(_message[at..]) & 0x3FFF;
                if (target >= floor)
                    return false;
                if (!jumped)
                    Position = at + 2;
                jumped = true;
                at = floor = target;
                continue;
            }

            if (length > DnsName.MaxLabelLength || at + 1 + length > _message.Length || written + 1 + length > wire.Length)
                return false;
            _message.Slice(at, length + 1).CopyTo(wire[written..]);
            written += length + 1;
            at += length + 1;
            if (length != 0)
                continue;
            if (!jumped)
                Position = at;
            name = new DnsName(wire[..written].ToArray());
            return true;
        }

        return false;
    }
}
