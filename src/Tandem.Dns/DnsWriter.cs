using System.Buffers.Binary;

namespace Tandem.Dns;

/// <summary>
/// A growing buffer with a limit and with name compression (RFC 1035 §4.1.4). A write that does not fit changes nothing
/// but the length, which the caller takes back with <see cref="Rewind"/>.
/// </summary>
internal sealed class DnsWriter
{
    /// <summary>A pointer has fourteen bits.</summary>
    private const int MaxPointer = 0x3FFF;

    private readonly ushort[] _labels = new ushort[64];
    private int _labelCount;
    private byte[] _buffer = new byte[1232];

    public int Length { get; private set; }

    public int Limit { get; set; } = ushort.MaxValue;

    public ReadOnlyMemory<byte> Written => _buffer.AsMemory(0, Length);

    public void Reset() => (Length, _labelCount) = (0, 0);

    public void Rewind(int length)
    {
        Length = length;
        while (_labelCount > 0 && _labels[_labelCount - 1] >= length)
            _labelCount--;
    }

    public void SetUInt16(int offset, ushort value) => BinaryPrimitives.WriteUInt16BigEndian(_buffer.AsSpan(offset), value);

    public bool TryWriteUInt16(ushort value)
    {
        if (!TryReserve(2, out var span))
            return false;
        BinaryPrimitives.WriteUInt16BigEndian(span, value);
        return true;
    }

    public bool TryWriteUInt32(uint value)
    {
        if (!TryReserve(4, out var span))
            return false;
        BinaryPrimitives.WriteUInt32BigEndian(span, value);
        return true;
    }

    public bool TryWriteBytes(ReadOnlySpan<byte> bytes)
    {
        if (!TryReserve(bytes.Length, out var span))
            return false;
        bytes.CopyTo(span);
        return true;
    }

    public bool TryWriteName(DnsName name, bool compress)
    {
        for (var rest = name.Wire; rest[0] != 0; rest = rest[(rest[0] + 1)..])
        {
            if (compress && TryFind(rest, out var pointer))
                return TryWriteUInt16((ushort)(0xC000 | pointer));
            if (Length <= MaxPointer && _labelCount < _labels.Length)
                _labels[_labelCount++] = (ushort)Length;
            if (!TryWriteBytes(rest[..(rest[0] + 1)]))
                return false;
        }

        return TryWriteBytes([0]);
    }

    private bool TryFind(ReadOnlySpan<byte> name, out ushort offset)
    {
        for (var i = 0; i < _labelCount; i++)
        {
            offset = _labels[i];
            if (Matches(offset, name))
                return true;
        }

        offset = 0;
        return false;
    }

    /// <summary>Compares with what was written, following this writer's own pointers, which always lead backwards.</summary>
    private bool Matches(int offset, ReadOnlySpan<byte> name)
    {
        while (offset < Length)
        {
            var length = _buffer[offset];
            if (length >= 0xC0)
            {
                offset = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(offset)) & MaxPointer;
                continue;
            }

            if (length != name[0] || offset + 1 + length > Length
                || !DnsBytes.EqualIgnoreCase(_buffer.AsSpan(offset + 1, length), name.Slice(1, length)))
                return false;
            if (length == 0)
                return true;
            offset += length + 1;
            name = name[(length + 1)..];
        }

        return false;
    }

    private bool TryReserve(int count, out Span<byte> span)
    {
        span = default;
        if (Length + count > Limit)
            return false;
        if (Length + count > _buffer.Length)
            Array.Resize(ref _buffer, Math.Max(Length + count, Math.Min(Limit, _buffer.Length * 2)));
        span = _buffer.AsSpan(Length, count);
        Length += count;
        return true;
    }
}
